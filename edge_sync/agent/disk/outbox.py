"""Store and forward: what is to be sent waits in the store, in order, until the portal has taken it.

A batch is numbered and frozen when it is made, so that the portal can tell a repetition from another batch.
One that is too large for the way is made anew as two with numbers of their own, after the portal has promised
that it will not take the old number any more (``batches``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_sync.agent.disk.store import Store
from mlops_portal.foundation.wire import telemetry
from mlops_portal.foundation.wire.formats import CAPABILITIES
from mlops_portal.foundation.wire.version import VERSION

ROOM = telemetry.LARGEST // 2  # bytes; proxies refuse from 1 MiB on, the least of them earlier
HELD = "held_batches"
HEAD = frozenset(telemetry.HEAD) - frozenset(telemetry.SHAPE)
SPLIT_ORDER = ("predictions", "rows", "windows", "quarantined")  # a row never before its prediction


def put(store: Store, kind: str, record: Mapping[str, Any]) -> None:
    """Add a record, inside a transaction; ``kind`` is one of the wire's lists."""
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    store.db.execute("INSERT INTO items (kind, body) VALUES (?, ?)", (kind, body))


def waiting(store: Store) -> int:
    """How many records wait to be sent, those in a batch counted as one."""
    (items,) = store.db.execute("SELECT count(*) FROM items").fetchone()
    (batches,) = store.db.execute("SELECT count(*) FROM batches").fetchone()
    return int(items) + int(batches)


def backlog(store: Store) -> int:
    """What has not arrived: what waits, and what is parked for a person."""
    (parked,) = store.db.execute("SELECT count(*) FROM parked_deliveries WHERE left = ''").fetchone()
    return waiting(store) + int(parked)


def form(store: Store, *, node: str, now: datetime, room: int = ROOM) -> bool:
    """Make one batch of the oldest records, of at most ``room`` bytes where it holds more than one."""
    with store.transaction() as db:
        lists: dict[str, list[Any]] = {kind: [] for kind in telemetry.SHAPE}
        last, size = 0, 0
        for number, kind, body in db.execute("SELECT id, kind, body FROM items ORDER BY id"):
            size += len(body.encode()) + 1
            if size > room and last:
                break
            lists[kind].append(json.loads(body))
            last = number
        if not last:
            return False
        db.execute("DELETE FROM items WHERE id <= ?", (last,))
        _write(store, node, lists, now)
    return True


def _write(store: Store, node: str, lists: Mapping[str, list[Any]], now: datetime) -> int:
    """Number and keep a batch of these lists, inside a transaction."""
    sequence = store.take_numbers("batch", now)
    head = {
        "format": telemetry.FORMAT,
        "node": node,
        "sequence": sequence,
        "sent_at": now.isoformat(timespec="seconds"),
        "agent": VERSION,
        "backlog": backlog(store),
        "capabilities": CAPABILITIES,
    }
    text = json.dumps({**head, **lists}, ensure_ascii=False, separators=(",", ":"))
    store.db.execute("INSERT INTO batches VALUES (?, ?)", (sequence, text.encode()))
    return sequence


def _lists(body: bytes) -> tuple[str, dict[str, list[Any]]]:
    """The node and the lists of a batch that any version of the agent wrote."""
    batch = json.loads(body)
    theirs = {kind: value for kind, value in batch.items() if isinstance(value, list) and kind not in HEAD}
    return batch["node"], {kind: [] for kind in telemetry.SHAPE} | theirs


def records(body: bytes) -> int:
    """How many records a batch holds."""
    return sum(map(len, _lists(body)[1].values()))


def split(store: Store, sequence: int, body: bytes, now: datetime) -> list[int]:
    """Put two batches in the place of one that holds at least two records; their numbers."""
    node, lists = _lists(body)
    ordered = [(kind, record) for kind in {**dict.fromkeys(SPLIT_ORDER), **lists} for record in lists[kind]]
    sizes = [len(json.dumps(record)) for _kind, record in ordered]
    middle, passed = 1, sizes[0]
    while middle < len(ordered) - 1 and passed + sizes[middle] <= sum(sizes) / 2:
        passed += sizes[middle]
        middle += 1
    with store.transaction() as db:
        db.execute("DELETE FROM batches WHERE sequence = ?", (sequence,))
        return [
            _write(
                store,
                node,
                {k: [record for kind, record in half if kind == k] for k in lists},
                now,
            )
            for half in (ordered[:middle], ordered[middle:])
        ]


def renumber(store: Store, body: bytes, now: datetime) -> int:
    """Put a batch's records back under a new number, inside a transaction."""
    return _write(store, *_lists(body), now)


def oldest(store: Store) -> tuple[int, bytes] | None:
    """The batch to send next."""
    rows = store.db.execute("SELECT sequence FROM batches ORDER BY sequence")
    held = set(store.meta(HELD, []))
    number = next((one for (one,) in rows if one not in held), None)
    return (number, read(store, number)) if number is not None else None


def read(store: Store, sequence: int) -> bytes:
    (body,) = store.db.execute("SELECT body FROM batches WHERE sequence = ?", (sequence,)).fetchone()
    return bytes(body)


def held(store: Store) -> list[int]:
    """Batches of one record that something on the way refuses: tried again after the others."""
    return [int(one) for one in store.meta(HELD, [])]


def hold(store: Store, sequence: int) -> None:
    with store.transaction():
        store.set_meta(HELD, sorted({*held(store), sequence}))


def taken(store: Store, sequence: int) -> None:
    """The portal has it, or it is parked."""
    with store.transaction() as db:
        db.execute("DELETE FROM batches WHERE sequence = ?", (sequence,))
        if sequence in held(store):
            store.set_meta(HELD, [one for one in held(store) if one != sequence])
