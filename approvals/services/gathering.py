"""The evidence of a request: frozen when it is drawn up, and gathered anew while it is a draft.

A draft that rests on what has changed since (the golden set or how the version did on it, the policy, what
runs on the machines, the artifact) is nobody's yet: nothing was asked and nothing signed, so it follows. From
its submission on the evidence stays as it is, and a change makes the request void.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.errors import TargetsUnfit
from approvals.models import ApprovalRequest, EvidencePack, Policy
from approvals.rules import parse
from approvals.selectors.evidence import evidence_of, frozen
from approvals.selectors.records.changes import champions_on
from approvals.selectors.requests import targets_on
from approvals.services.policies import policy_in_force
from approvals.services.records import claim, request_event
from approvals.transitions import ApprovalState
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models import ModelVersion


def targets_lock(version: ModelVersion, line: Line, assets: Sequence[Asset]) -> list[Asset]:
    """The machines, locked so that two requests cannot be allotted one number. Raises TargetsUnfit."""
    wanted = {asset.pk for asset in assets}
    fitting = targets_on(line, version).filter(pk__in=wanted)
    targets = list(fitting.select_for_update(of=("self",)).order_by("pk"))
    if not targets or len(targets) != len(wanted):
        raise TargetsUnfit(
            _("Choose machines of %(line)s of the type %(type)s.")
            % {"line": line, "type": version.model.asset_type}
        )
    running = champions_on(targets)
    if len({one.pk if one else None for one in running.values()}) > 1:
        raise TargetsUnfit(
            _("These machines run different versions, so they would fall back to different ones; ask apart.")
        )
    if any(one == version for one in running.values()):
        raise TargetsUnfit(_("These machines run this version already."))
    return targets


def evidence_gather(
    *,
    version: ModelVersion,
    line: Line,
    targets: list[Asset],
    numbers: Mapping[str, int],
    policy: Policy,
    asked_by: str,
    now: datetime,
) -> dict[str, Any]:
    """The fields of a request that say what it rests on, with the evidence frozen."""
    running = champions_on(targets)
    champion = next(iter(running.values()))
    pack = evidence_of(
        version, champion=champion, policy=policy, line=line.slug, targets=dict(numbers), asked_by=asked_by
    )
    body, digest = frozen(pack)
    evidence, _made = EvidencePack.objects.get_or_create(
        digest=digest, defaults={"version": version, "body": body, "created_at": now}
    )
    return {
        "champions": {slug: one.artifact_id if one else "" for slug, one in running.items()},
        "fallback_digest": champion.artifact_id if champion else "",
        "golden_digest": pack["golden"]["set"],
        "evidence": evidence,
        "policy": policy,
    }


def draft_gather(*, request: ApprovalRequest, reason: str) -> None:
    """Gather a draft's evidence anew, because of ``reason``. Raises TargetsUnfit where its machines fit no
    more, WrongState where it is no draft any more."""
    policy, now = policy_in_force(model=request.version.model), timezone.now()
    with transaction.atomic():
        targets = targets_lock(request.version, request.line, list(request.assets.all()))
        values = evidence_gather(
            version=request.version,
            line=request.line,
            targets=targets,
            numbers=request.numbers,
            policy=policy,
            asked_by=str(request.asked_by_id),
            now=now,
        )
        if all(getattr(request, name) == value for name, value in values.items()):
            return  # what changed has no bearing on it
        until = now + timedelta(days=parse(policy.body).valid_days)
        claim(request, ApprovalState.DRAFT, ApprovalState.DRAFT, not_after=until, **values)
        request_event(request, "request.gathered", actor=SYSTEM, at=now, reason=reason)
