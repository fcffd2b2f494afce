"""What can be done with people, lines, machines and nodes.

Whoever has no role for an action anywhere is not offered it; who has it elsewhere sees why not here.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mlops_portal.foundation.plant.models import Asset, Badge, Line, Node, Person, Pin
from mlops_portal.foundation.plant.policies import Verdict, leave_verdict, skill_verdict, verdict
from mlops_portal.foundation.shell.registries import actions
from mlops_portal.foundation.shell.registries.actions import Offer


def _offer(verb: str, label: str, url: str, allowed: Verdict, **more: str) -> Offer:
    return Offer(verb, label, url, allowed=bool(allowed), reason=allowed.reason, method="get", **more)  # type: ignore[arg-type]  # kind and icon are literals at the callers


def person_offers(by: Person, person: Person) -> list[Offer]:
    if not person.is_active:
        return []
    offers = []
    if by.may("role.grant"):
        url = reverse("role_give", args=[person.pk])
        offers.append(_offer("give_role", _("Give a role"), url, verdict(by, "role.grant"), icon="key"))
    if by.may("skill.grant") and by.pk != person.pk:
        url = reverse("skill_give", args=[person.pk])
        allowed = skill_verdict(by, person)
        offers.append(_offer("give_skill", _("Confirm a skill"), url, allowed, icon="shield"))
    if by.may("people.leave"):
        url = reverse("person_leave", args=[person.pk])
        allowed = leave_verdict(by, person)
        if Pin.objects.filter(person=person).exists() or Badge.objects.filter(person=person).exists():
            ending = reverse("pin_end", args=[person.pk])
            offers.append(
                Offer("end_pin", _("End PIN and badge"), ending, allowed=bool(allowed), reason=allowed.reason)
            )
        offers.append(_offer("leave", _("Record that the person left"), url, allowed, kind="danger"))
    return offers


def line_offers(by: Person, line: Line) -> list[Offer]:
    offers = []
    if by.may("plant.edit"):
        url = f"{reverse('asset_add')}?line={line.slug}"
        allowed = verdict(by, "plant.edit", line=line)
        offers.append(_offer("add_asset", _("Add a machine"), url, allowed, icon="plus"))
    if by.may("node.register"):
        url = f"{reverse('node_register')}?line={line.slug}"
        allowed = verdict(by, "node.register", line=line)
        offers.append(_offer("register_node", _("Register an edge node"), url, allowed, icon="node"))
    return offers


def asset_offers(by: Person, asset: Asset) -> list[Offer]:
    if asset.retired_at is not None or not by.may("plant.edit"):
        return []
    allowed = verdict(by, "plant.edit", line=asset.line)
    return [
        _offer("change", _("Change"), reverse("asset_change", args=[asset.slug]), allowed, icon="edit"),
        Offer(
            "retire",
            _("Retire"),
            reverse("asset_retire", args=[asset.slug]),
            allowed=bool(allowed),
            reason=allowed.reason,
            kind="danger",
            confirm=_(
                "%(asset)s leaves all lists and cannot come back under this short name. Its history stays."
            )
            % {"asset": asset},
        ),
    ]


def node_offers(by: Person, node: Node) -> list[Offer]:
    if node.retired_at is not None or not by.may("node.register"):
        return []
    allowed = verdict(by, "node.register", line=node.line)
    if allowed and node.assets.filter(retired_at=None).exists():
        allowed = Verdict(False, _("It still serves machines; move or retire them first."))
    return [
        Offer(
            "retire",
            gettext_lazy("Retire"),
            reverse("node_retire", args=[node.slug]),
            allowed=bool(allowed),
            reason=allowed.reason,
            kind="danger",
            confirm=_("%(node)s gets no model any more. Its history stays.") % {"node": node},
        )
    ]


def register_offers() -> None:
    actions.register(Person, person_offers)
    actions.register(Line, line_offers)
    actions.register(Asset, asset_offers)
    actions.register(Node, node_offers)
