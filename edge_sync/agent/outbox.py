"""Store and forward: what is to be sent waits in the store, in order, until the portal has taken it.

A batch is numbered and frozen when it is made, so that the portal can tell a repetition from another batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_sync.agent.config import VERSION
from edge_sync.agent.store import Store
from mlops_portal.wire import telemetry

ROOM = telemetry.LARGEST - 4096  # the rest is the batch's head


def put(store: Store, kind: str, record: Mapping[str, Any]) -> None:
    """Add a record, inside a transaction; ``kind`` is one of the wire's lists."""
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    store.db.execute("INSERT INTO items (kind, body) VALUES (?, ?)", (kind, body))


def waiting(store: Store) -> int:
    """How many records wait, in batches or not yet."""
    (items,) = store.db.execute("SELECT count(*) FROM items").fetchone()
    (batches,) = store.db.execute("SELECT count(*) FROM batches").fetchone()
    return int(items) + int(batches)


def form(store: Store, *, node: str, now: datetime) -> bool:
    """Make one batch of the oldest records; False where there are none."""
    with store.transaction() as db:
        lists: dict[str, list[Any]] = {kind: [] for kind in telemetry.SHAPE}
        last, size = 0, 0
        for number, kind, body in db.execute("SELECT id, kind, body FROM items ORDER BY id"):
            size += len(body.encode()) + 1
            if size > ROOM and last:
                break
            lists[kind].append(json.loads(body))
            last = number
        if not last:
            return False
        db.execute("DELETE FROM items WHERE id <= ?", (last,))
        sequence = store.take_numbers("batch", now)
        head = {
            "format": telemetry.FORMAT,
            "node": node,
            "sequence": sequence,
            "sent_at": now.isoformat(timespec="seconds"),
            "agent": VERSION,
            "backlog": waiting(store),
        }
        text = json.dumps({**head, **lists}, ensure_ascii=False, separators=(",", ":"))
        db.execute("INSERT INTO batches VALUES (?, ?)", (sequence, text.encode()))
    return True


def oldest(store: Store) -> tuple[int, bytes] | None:
    """The batch to send next."""
    row = store.db.execute("SELECT sequence, body FROM batches ORDER BY sequence LIMIT 1").fetchone()
    return (row[0], row[1]) if row else None


def taken(store: Store, sequence: int) -> None:
    """The portal has it."""
    with store.transaction() as db:
        db.execute("DELETE FROM batches WHERE sequence = ?", (sequence,))


def park(store: Store, sequence: int, sentence: str) -> None:
    """The portal will never take it: keep it aside for a person, so that the next ones go on."""
    with store.transaction() as db:
        db.execute(
            "INSERT OR REPLACE INTO parked SELECT sequence, body, ? FROM batches WHERE sequence = ?",
            (sentence, sequence),
        )
        db.execute("DELETE FROM batches WHERE sequence = ?", (sequence,))
