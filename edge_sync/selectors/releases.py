"""Reads over releases."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from approvals.models import ApprovalRequest
from edge_sync.models import Release, ReleaseTarget
from edge_sync.transitions import ReleaseState
from mlops_portal.foundation.ledger.selectors import checkpoint_covering, events
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import lines_for

GOING = (ReleaseState.STAGED, ReleaseState.CANARY, ReleaseState.WAVES)
UNFINISHED = (*GOING, ReleaseState.PAUSED)


def releases_all() -> QuerySet[Release]:
    targets = ReleaseTarget.objects.select_related("asset__node", "asset__line").order_by("asset__slug")
    return Release.objects.select_related(
        "approval__version__model",
        "approval__version__artifact",
        "approval__line__site",
        "approval__evidence",
    ).prefetch_related(Prefetch("targets", targets))


def releases_for(*, person: Person) -> QuerySet[Release]:
    """What the person may see, newest first."""
    lines = lines_for(person=person, action="release.view")
    return releases_all().filter(approval__line__in=lines).order_by("-created_at", "-pk")


def lies_under_a_checkpoint(approval: ApprovalRequest) -> bool:
    """Whether the log proves the decision: its events stand under a signed checkpoint.

    A row that says “approved” without such events was not written by the portal, and waits for ever.
    """
    about = ("approval_request", str(approval.pk))
    told = list(events(types=["approvals.request.approved", "approvals.decision.signed"], subject=about))
    if {one.type for one in told} != {"approvals.request.approved", "approvals.decision.signed"}:
        return False
    return all(checkpoint_covering(one) is not None for one in told)
