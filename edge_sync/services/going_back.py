"""Going back: one action asks people to approve what ran before, under a new release number."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from approvals.services.requests import SHORTEST_REASON, request_open, request_submit
from edge_sync.models import Release
from edge_sync.selectors.going_back import before_of
from edge_sync.services.control import ON_ITS_WAY
from edge_sync.services.states import claim, told
from edge_sync.transitions import ReleaseState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.wire.errors import Conflict, Invalid


def release_go_back(*, by: Person, release: Release, reason: str) -> ApprovalRequest:
    """Ask for what the machines of ``release`` ran before it, and pause it where it still rolls out.

    The request has fresh evidence: whoever decides signs it as any other, and nodes check it so.
    Conflict where there is nothing to go back to; GatesUnmet where a hard gate is not met: then nothing
    happened, and the fallback that people signed with the release is taken at the machine.
    """
    guard(by, "release.control", line=release.approval.line)
    guard(by, "approval.request", line=release.approval.line)
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise Invalid(
            _("Say in a few words why it goes back; people decide on it, and it stands in the log.")
        )
    before = before_of(release)
    if before.version is None:
        raise Conflict(before.why_not)
    now, line = timezone.now(), release.approval.line
    with transaction.atomic():
        request = request_open(by=by, version=before.version, line=line, assets=before.assets, comment=said)
        request = request_submit(by=by, request=request, comment=said)
        if release.state in ON_ITS_WAY:
            claim(release, ON_ITS_WAY, ReleaseState.PAUSED, reason=said[:240])
        told(
            release,
            "back_asked",
            at=now,
            actor=by.actor,
            reason=said[:240],
            back_to=str(before.version),
            request=str(request.pk),
        )
    return request
