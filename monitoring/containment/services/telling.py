"""What is recorded of parts in doubt whenever something becomes of them."""

from __future__ import annotations

from typing import Any

from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.shell.live import changed
from monitoring.models import Containment


def told(
    containment: Containment, actor: Actor, verb: str, *, subjects: tuple[Ref, ...] = (), **public: Any
) -> None:
    """Record ``monitoring.containment.<verb>`` in the caller's transaction; wakes the pages that show it."""
    event_record(
        type=f"monitoring.containment.{verb}",
        actor=actor,
        subjects=[
            containment.ref(), containment.asset.ref("at"), containment.asset.line.ref("on"), *subjects,
        ],
        public={"code": containment.code, "asset": containment.asset.name, **public},
    )  # fmt: skip
    changed("containments", f"containment:{containment.pk}")
