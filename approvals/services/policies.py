"""Setting policies: what a model must show, and how a line approves."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.errors import PolicyUnfit, WrongState
from approvals.models import LinePolicy, Policy
from approvals.rules import Rules, parse
from approvals.selectors.policies import policy_of, set_verdict
from approvals.transitions import Assurance
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.matrix import ACTIONS
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import jcs

DECIDING = ACTIONS["approval.decide"].roles


def policy_set(*, by: Person, model: RegisteredModel, body: Mapping[str, Any]) -> Policy:
    """Set the next version of a model's policy; the same rules again change nothing. Raises PolicyUnfit."""
    demand(set_verdict(by, model))
    rules = parse(body)
    now = policy_of(model)
    if now is not None and parse(now.body) == rules:
        return now
    return _write(by, model, rules, (now.version if now else 0) + 1)


def policy_in_force(*, model: RegisteredModel) -> Policy:
    """The policy that holds; the portal's own first version where nobody set one."""
    return policy_of(model) or _write(None, model, Rules(), 1)


def _write(by: Person | None, model: RegisteredModel, rules: Rules, version: int) -> Policy:
    body, now = rules.body(), timezone.now()
    try:
        with transaction.atomic():
            made = Policy.objects.create(
                model=model,
                version=version,
                body=body,
                digest=sha256(jcs.canonical(body)).hexdigest(),
                set_by=by,
                set_at=now,
            )
            event_record(
                type="approvals.policy.set",
                actor=by.actor if by else SYSTEM,
                subjects=[model.ref("of")],
                public={"name": model.name, "version": version, "rules": body, "digest": made.digest},
                at=now,
            )
            changed("approvals")
    except IntegrityError:
        raise WrongState(_("Somebody set this policy first; load the page again.")) from None
    return made


def line_policy_set(
    *, by: Person, line: Line, minimum_assurance: Assurance, quorum: Mapping[str, int]
) -> LinePolicy:
    """How the line approves from now on; nodes follow once a ceremony has signed it into the roster."""
    guard(by, "policy.set", site=line.site)
    assurance = Assurance(minimum_assurance)
    wanted = {str(role): count for role, count in quorum.items() if count}
    if not wanted or any(
        role not in {one.value for one in DECIDING} or type(count) is not int or not 1 <= count <= 5
        for role, count in wanted.items()
    ):
        names = ", ".join(str(role.label) for role in Role if role in DECIDING)
        raise PolicyUnfit(_("A quorum counts 1 to 5 people of these roles: %(roles)s.") % {"roles": names})
    with transaction.atomic():
        row, made = LinePolicy.objects.select_for_update().get_or_create(
            line=line, defaults={"minimum_assurance": assurance, "quorum": wanted}
        )
        if not made and (row.minimum_assurance, row.quorum) == (assurance, wanted):
            return row
        row.minimum_assurance, row.quorum = assurance, wanted
        row.save(update_fields=["minimum_assurance", "quorum"])
        event_record(
            type="approvals.line_policy.set",
            actor=by.actor,
            subjects=[line.ref("on")],
            public={
                "line": line.name,
                "assurance": assurance.value,
                "quorum": ", ".join(f"{count} × {role}" for role, count in sorted(wanted.items())),
                "places": wanted,
            },
        )
        changed("approvals")
    return row
