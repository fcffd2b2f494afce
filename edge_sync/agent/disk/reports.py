"""What the node says of its releases: signed, numbered, written in the transaction of what it reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_sync.agent.disk.store import Store
from mlops_portal.foundation.wire import report


class Reporter:
    """Writes reports with the node's key."""

    def __init__(self, store: Store, key: Ed25519PrivateKey) -> None:
        self._store, self._key = store, key

    def say(
        self,
        *,
        asset: str,
        number: int,
        artifact: str,
        state: str,
        now: datetime,
        reason: str = "",
        measures: Mapping[str, float | int] | None = None,
    ) -> None:
        """Add a report, inside the transaction of the change itself."""
        with self._store.transaction() as db:
            sequence = self._store.take_numbers("report", now)
            body = report.write(
                sequence=sequence,
                asset=asset,
                number=number,
                artifact=artifact,
                state=state,
                reason=reason[: report.LONGEST_REASON],
                at=now.isoformat(timespec="seconds"),
                measures=dict(measures or {}),
            )
            body[report.SIGNATURE] = self._key.sign(report.signed(body)).hex()
            db.execute("INSERT INTO reports VALUES (?, ?)", (sequence, json.dumps(body)))


def waiting(store: Store, limit: int = 100) -> list[dict[str, Any]]:
    """The oldest reports that the portal has not taken."""
    rows = store.db.execute("SELECT body FROM reports ORDER BY sequence LIMIT ?", (limit,))
    return [json.loads(body) for (body,) in rows]


def taken(store: Store, up_to: int) -> None:
    """The portal has all reports up to this number."""
    with store.transaction() as db:
        db.execute("DELETE FROM reports WHERE sequence <= ?", (up_to,))
