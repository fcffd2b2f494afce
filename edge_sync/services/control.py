"""What people do with a release on its way: pause, let go on, halt."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from edge_sync.models import Release
from edge_sync.services.doubting import doubt_called_back
from edge_sync.services.states import claim, told
from edge_sync.transitions import NodeState, ReleaseState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.wire.errors import Invalid

ON_ITS_WAY = (ReleaseState.STAGED, ReleaseState.CANARY, ReleaseState.WAVES)


def _said(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise Invalid(_("Say why; the reason stands in the log."))
    return words[:240]


def release_pause(*, by: Person, release: Release, reason: str) -> Release:
    """No further machine gets it until somebody lets it go on; what was published stays."""
    guard(by, "release.control", line=release.approval.line)
    said = _said(reason)
    with transaction.atomic():
        claim(release, ON_ITS_WAY, ReleaseState.PAUSED, reason=said)
        told(release, "paused", at=timezone.now(), actor=by.actor, reason=said)
    return release


def release_resume(*, by: Person, release: Release, reason: str) -> Release:
    """Go on where it was paused: with the first machine, or with the rest when that one has confirmed."""
    guard(by, "release.control", line=release.approval.line)
    said = _said(reason)
    new = resumed_state(release)
    with transaction.atomic():
        claim(release, (ReleaseState.PAUSED,), new, reason="")
        told(release, "resumed", at=timezone.now(), actor=by.actor, reason=said)
    return release


def resumed_state(release: Release) -> ReleaseState:
    """Where a paused release goes on; a machine that refused or fell back is not waited for."""
    published = [one for one in release.targets.all() if one.published_at is not None]
    if not published:
        return ReleaseState.STAGED
    waiting = [one for one in published if one.state not in (NodeState.CONFIRMED, *FAILED)]
    return ReleaseState.CANARY if len(published) == 1 and waiting else ReleaseState.WAVES


FAILED = (NodeState.REFUSED, NodeState.FALLEN_BACK)


def release_halt(*, by: Person, release: Release, reason: str) -> Release:
    """For good: machines that have it keep it; going back is a release of its own, with its own approval.
    What they judged by it is in doubt, until a person has decided about each part."""
    guard(by, "release.control", line=release.approval.line)
    said = _said(reason)
    with transaction.atomic():
        claim(release, (*ON_ITS_WAY, ReleaseState.PAUSED), ReleaseState.HALTED, reason=said)
        told(release, "halted", at=timezone.now(), actor=by.actor, reason=said)
        doubt_called_back(person=by, release=release, reason=said)
    return release
