"""What is recorded of an alert whenever something becomes of it."""

from __future__ import annotations

from typing import Any

from mlops_portal.foundation.ledger.refs import Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.shell.live import changed
from monitoring.models import Alert


def alert_told(
    alert: Alert,
    actor: Actor,
    event: str,
    *,
    new: str = "",
    personal: dict[str, Any] | None = None,
    **more: Any,
) -> None:
    """Record an event of an alert, in the caller's transaction, and wake the pages that show it."""
    event_record(
        type=event,
        actor=actor,
        subjects=[
            alert.ref(),
            *([alert.asset.ref("at")] if alert.asset else []),
            alert.line.ref("on"),
            *([alert.version.ref("judged_by")] if alert.version else []),
            *([alert.measure.ref("measured_by")] if alert.measure else []),
        ],
        public={"asset": alert.place, "old": alert.state, "new": new or alert.state, **more},
        personal=personal,
    )
    changed("alerts", f"alert:{alert.pk}")
