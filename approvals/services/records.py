"""What every change of a request writes: its event, and the wake-up of those who look at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from approvals.errors import WrongState
from approvals.models import ApprovalRequest
from approvals.transitions import ApprovalState
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.registry.services import version_move
from mlops_portal.foundation.registry.transitions import WAYS, VersionState
from mlops_portal.foundation.shell.live import changed


def subjects_of(request: ApprovalRequest) -> list[Ref]:
    version = request.version
    targets = [
        Ref("release_target", f"{slug}/{number}", "target") for slug, number in request.numbers.items()
    ]
    return [
        request.ref(),
        version.ref("of"),
        version.model.ref("model"),
        request.line.ref("on"),
        Ref("artifact", version.artifact_id, "artifact"),
        Ref("evidence", request.evidence_id, "rests_on"),
        *targets,
    ]


def request_event(
    request: ApprovalRequest,
    name: str,
    *,
    actor: Actor,
    at: datetime,
    subjects: list[Ref] | None = None,
    personal: Mapping[str, Any] | None = None,
    **public: Any,
) -> None:
    event_record(
        type=f"approvals.{name}",
        actor=actor,
        subjects=[*(subjects or []), *subjects_of(request)],
        public={
            "name": request.version.model.name,
            "number": request.version.number,
            "line": request.line.name,
            "evidence": request.evidence_id,
            **public,
        },
        personal=personal,
        at=at,
    )
    changed("approvals", f"approval:{request.pk}")


def claim(request: ApprovalRequest, old: ApprovalState, new: ApprovalState, **values: Any) -> None:
    """Move the request; raises WrongState where it is not in ``old``, or where somebody was first."""
    if ApprovalRequest.objects.filter(pk=request.pk, state=old).update(state=new, **values) != 1:
        request.refresh_from_db(fields=["state"])
        raise WrongState(
            _("This approval is “%(state)s” already; load the page again.")
            % {"state": ApprovalState(request.state).label}
        )
    request.state = new
    for name, value in values.items():
        setattr(request, name, value)


def version_follow(version: ModelVersion, to: VersionState, *, actor: Actor) -> None:
    """Move the version with its request; another line's request may have moved it before, or hold it."""
    version.refresh_from_db(fields=["state"])
    held = version.approval_requests.filter(state=ApprovalState.SUBMITTED).exists()
    if to in (VersionState.CANDIDATE, VersionState.RETURNED) and held:
        return
    if (VersionState(version.state), to) in WAYS:
        version_move(version=version, to=to, actor=actor)
