"""What every change of a release writes: its claim, its event, the wake-up of those who look at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from edge_sync.errors import WrongReleaseState
from edge_sync.models import Release, ReleaseTarget
from edge_sync.transitions import ReleaseState
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.shell.live import changed


def subjects_of(release: Release) -> list[Ref]:
    """What lineage follows: approval, decisions, version, artifact, line."""
    approval = release.approval
    return [
        release.ref(),
        approval.ref("approved_by"),
        approval.version.ref("of"),
        approval.version.model.ref("model"),
        Ref("artifact", approval.version.artifact_id, "artifact"),
        approval.line.ref("on"),
    ]


def facts_of(release: Release) -> dict[str, Any]:
    version = release.approval.version
    return {"name": f"{version.model.name} {version.number}", "line": release.approval.line.name}


def told(
    release: Release,
    name: str,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    targets: Sequence[ReleaseTarget] = (),
    **public: Any,
) -> None:
    """Record ``edge.release.<name>`` and wake the pages."""
    event_record(
        type=f"edge.release.{name}",
        actor=actor,
        subjects=[*(one.ref("target") for one in targets), *subjects_of(release)],
        public={**facts_of(release), **public},
        at=at,
    )
    changed("releases", f"release:{release.pk}")


def claim(
    release: Release, old: Sequence[ReleaseState], new: ReleaseState, *, reason: str = "", **values: Any
) -> ReleaseState:
    """Move the release; returns where it came from. WrongReleaseState where it is elsewhere or was moved."""
    before = ReleaseState(release.state)
    values["reason"] = reason[:240]
    moved = before in old and Release.objects.filter(pk=release.pk, state=before).update(state=new, **values)
    if moved != 1:
        release.refresh_from_db(fields=["state"])
        raise WrongReleaseState(
            _("This release is “%(state)s” already; load the page again.")
            % {"state": ReleaseState(release.state).label}
        )
    release.state = new
    for name, value in values.items():
        setattr(release, name, value)
    return before
