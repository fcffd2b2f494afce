"""What can be done with versions and approval requests."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.gate_words import title_of
from approvals.models import ApprovalRequest
from approvals.selectors.requests import OPEN, pack_of, targets_for
from approvals.services.requests import ASKABLE
from approvals.transitions import ApprovalState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.shell.registries import actions
from mlops_portal.foundation.shell.registries.actions import Offer


def version_offers(by: Person, version: ModelVersion) -> list[Offer]:
    if not by.may("approval.request"):
        return []
    may_request = verdict(by, "approval.request")
    if VersionState(version.state) not in ASKABLE:
        may_request = Verdict(False, _("It was decided about already."))
    elif not targets_for(person=by, version=version).exists():
        may_request = Verdict(False, _("No machine of your lines could run it."))
    at = [version.model.slug, version.number]
    return [
        Offer(
            "ask_approval", _("Ask for approval"), reverse("approval_ask", args=at),
            allowed=bool(may_request), reason=may_request.reason, kind="primary", icon="shield", method="get",
        ),
        Offer("golden_run", _("Run the golden parts"), reverse("candidate_golden", args=at), icon="golden"),
    ]  # fmt: skip


def request_offers(by: Person, request: ApprovalRequest) -> list[Offer]:
    if request.state not in OPEN or not by.may("approval.request"):
        return []
    may_request = verdict(by, "approval.request", line=request.line)
    offers = []
    if request.state == ApprovalState.DRAFT:
        hard = [
            title_of(one) for one in pack_of(request)["gates"] if one["kind"] == "hard" and not one["met"]
        ]
        may = may_request
        if may_request and hard:
            may = Verdict(
                False, _("Not met, and nobody can override it: %(gates)s.") % {"gates": ", ".join(hard)}
            )
        url = reverse("approval_submit", args=[request.pk])
        offers.append(
            Offer(
                "submit", _("Submit for decision"), url, allowed=bool(may), reason=may.reason, kind="primary"
            )
        )
    url = reverse("approval_withdraw", args=[request.pk])
    offers.append(Offer("withdraw", _("Withdraw"), url, allowed=bool(may_request), reason=may_request.reason))
    return offers


def register_offers() -> None:
    actions.register(ModelVersion, version_offers)
    actions.register(ApprovalRequest, request_offers)
