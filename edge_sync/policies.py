"""What a person may do with a release, and why not; pages offer by it."""

from __future__ import annotations

from edge_sync.models import Release
from edge_sync.transitions import ReleaseState
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import Verdict, verdict

VERBS: dict[str, tuple[ReleaseState, ...]] = {
    "pause": (ReleaseState.STAGED, ReleaseState.CANARY, ReleaseState.WAVES),
    "resume": (ReleaseState.PAUSED,),
    "halt": (ReleaseState.STAGED, ReleaseState.CANARY, ReleaseState.WAVES, ReleaseState.PAUSED),
}


def control_verdict(by: Person, release: Release) -> Verdict:
    return verdict(by, "release.control", line=release.approval.line)


def verbs_of(release: Release) -> list[str]:
    """What its state allows."""
    return [verb for verb, states in VERBS.items() if release.state in states]
