"""Reads over approval requests and candidates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from approvals.errors import EvidenceDamaged
from approvals.models import ApprovalRequest, Decision
from approvals.selectors.policies import line_rules
from approvals.transitions import ApprovalState, Verdict
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.plant.models import Asset, Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import Champion, ModelVersion
from mlops_portal.foundation.registry.transitions import VersionState
from mlops_portal.foundation.wire.roster import Quorum, quorum_met

OPEN = (ApprovalState.DRAFT, ApprovalState.SUBMITTED)
RECOVERED = "ledger.log.recovered"
PENDING = (VersionState.CANDIDATE, VersionState.IN_REVIEW, VersionState.RETURNED)


def requests_all() -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.select_related(
        "version__model", "version__artifact", "line__site", "evidence", "policy", "asked_by"
    )


def requests_for(*, person: Person) -> QuerySet[ApprovalRequest]:
    """What the person may see, newest first."""
    return requests_all().filter(line__in=lines_for(person=person, action="approval.view"))


def approved_unclaimed() -> QuerySet[ApprovalRequest]:
    """Approved requests that no release has claimed yet, oldest first."""
    return requests_all().filter(state=ApprovalState.APPROVED, release=None).order_by("closed_at", "pk")


def overdue(*, now: datetime) -> QuerySet[ApprovalRequest]:
    return requests_all().filter(state__in=OPEN, not_after__lte=now)


def candidates_all() -> QuerySet[ModelVersion]:
    """Versions on which nobody decided yet, newest first."""
    return (
        ModelVersion.objects.filter(state__in=PENDING)
        .select_related("model__asset_type", "artifact", "trained_by")
        .order_by("-created_at", "-pk")
    )


def pack_of(request: ApprovalRequest) -> dict[str, Any]:
    """The frozen evidence as JSON. Raises EvidenceDamaged where it is not what its digest says."""
    if not evidence_intact(request):
        raise EvidenceDamaged(_("The stored evidence was altered; nothing can be decided on it."))
    pack: dict[str, Any] = json.loads(request.evidence.body)
    return pack


def evidence_intact(request: ApprovalRequest) -> bool:
    return sha256(request.evidence.body.encode()).hexdigest() == request.evidence_id


def decisions_of(request: ApprovalRequest) -> list[Decision]:
    return list(request.decisions.select_related("person").order_by("at"))


def quorum_of(request: ApprovalRequest, held: Mapping[str, frozenset[str]]) -> Quorum:
    """Whether the people who approved, {person id: roles}, fill the line's quorum."""
    return quorum_met(line_rules(request.line).quorum, held)


def approvers(request: ApprovalRequest) -> list[Person]:
    return [one.person for one in request.decisions.filter(verdict=Verdict.APPROVE).select_related("person")]


def targets_on(line: Line, version: ModelVersion) -> QuerySet[Asset]:
    """The machines of the line that a version could run on."""
    return line.assets.filter(type=version.model.asset_type_id, retired_at=None).order_by("name")


def targets_for(*, person: Person, version: ModelVersion) -> QuerySet[Asset]:
    """The machines for which the person may ask to approve the version."""
    return (
        Asset.objects.filter(
            line__in=lines_for(person=person, action="approval.request"),
            type=version.model.asset_type_id,
            retired_at=None,
        )
        .select_related("line__site")
        .order_by("line__order", "line__name", "name")
    )


def number_next(asset: Asset) -> int:
    """One more than any release number ever allotted to the machine, and above what may have been allotted
    since a backup to which the portal went back; numbers are never used again."""
    allotted = [
        numbers.get(asset.slug, 0)
        for numbers in ApprovalRequest.objects.filter(assets=asset).values_list("numbers", flat=True)
    ]
    recovered = [one.data["numbers"].get(asset.slug, 0) for one in Event.objects.filter(type=RECOVERED)]
    running = Champion.objects.filter(asset=asset).values_list("number", flat=True).first() or 0
    return max([running, *allotted, *recovered]) + 1
