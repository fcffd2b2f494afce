"""What the portal itself refused: kept whole, counted, told to the portal, and settled by a person.

A person sends it again or gives it up: here with a command, or at the portal, whose orders the node fetches.
What left is told with how; only then it is forgotten.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from edge_sync.agent.disk import outbox
from edge_sync.agent.disk.store import Store
from edge_sync.agent.sending.transport import Portal
from mlops_portal.foundation.wire import parked as wire
from mlops_portal.foundation.wire.formats import CAPABILITIES
from mlops_portal.foundation.wire.receipt import Receipt, Refusal

log = logging.getLogger("agent.parking")
API = "/api/v1/edge"
REUSED = "sequence-reused"
FIELDS = "kind, key, body, records, code, sentence, at"


class NotParked(Exception):
    """There is no such delivery; the sentence names what there is."""


def park(
    store: Store, kind: str, key: str, body: bytes, *, records: int, refusal: Refusal, now: datetime
) -> None:
    """Keep a refused delivery aside, inside a transaction."""
    store.db.execute(
        f"INSERT OR REPLACE INTO parked_deliveries ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # fixed names
        (
            *(kind, key, body, records, refusal.code[:60]),
            *(refusal.sentence[: wire.LONGEST_REASON], now.isoformat()),
        ),
    )


def parked(store: Store, most: int = wire.MOST) -> list[dict[str, Any]]:
    """The oldest that wait for a person, as the wire names them."""
    rows = store.db.execute(
        f"SELECT {FIELDS} FROM parked_deliveries WHERE left = '' ORDER BY at, key LIMIT ?",  # noqa: S608  # fixed names
        (most,),
    )
    return [
        {
            "kind": kind,
            "id": key,
            "digest": sha256(body).hexdigest(),
            "records": records,
            "size": len(body),
            "code": code,
            "reason": sentence,
            "at": at,
        }
        for kind, key, body, records, code, sentence, at in rows
    ]


def _leave(store: Store, kind: str, key: str, how: str, reason: str) -> tuple[bytes, str]:
    """Mark it as left, inside a transaction; its body and the code of its refusal."""
    row = store.db.execute(
        "SELECT body, code FROM parked_deliveries WHERE kind = ? AND key = ? AND left = ''", (kind, key)
    ).fetchone()
    if row is None:
        raise NotParked(f"{kind}/{key} is not parked here.")
    store.db.execute(
        "UPDATE parked_deliveries SET left = ?, left_reason = ?, body = x'' WHERE kind = ? AND key = ?",
        (how, reason[: wire.LONGEST_REASON], kind, key),
    )
    return bytes(row[0]), str(row[1])


def send_again(store: Store, kind: str, key: str, *, reason: str, now: datetime) -> None:
    """Put it back where it came from; NotParked."""
    with store.transaction() as db:
        body, code = _leave(store, kind, key, "sent-again", reason)
        if kind == "report":
            db.execute("INSERT OR IGNORE INTO reports VALUES (?, ?)", (int(key), body.decode()))
        elif kind == "picture":
            number, _slash, view = key.rpartition("/")
            db.execute(
                "INSERT OR IGNORE INTO pictures (id, part, view) VALUES (?, ?, ?)",
                (number, body.decode(), view),
            )
        elif code == REUSED:  # the portal holds other content under that number
            outbox.renumber(store, body, now)
        else:
            db.execute("INSERT OR IGNORE INTO batches VALUES (?, ?)", (int(key), body))


def give_up(store: Store, kind: str, key: str, *, reason: str) -> None:
    """Forget its content for good; NotParked."""
    with store.transaction():
        _leave(store, kind, key, "given-up", reason)
    log.warning("%s/%s was given up: %s", kind, key, reason)


class Parking:
    """Tells the portal while anything is parked, once after it became empty, and once at every start."""

    def __init__(self, store: Store, portal: Portal, node: str) -> None:
        self._store, self._portal, self._node = store, portal, node
        self._silent = False

    def exchange(self, now: datetime) -> None:
        """Tell what is parked and obey what the portal's people ordered."""
        waiting = parked(self._store)
        rows = self._store.db.execute(
            "SELECT kind, key, at, left, left_reason FROM parked_deliveries WHERE left <> '' LIMIT ?",
            (wire.MOST,),
        ).fetchall()
        if self._silent and not waiting and not rows:
            return
        (total,) = self._store.db.execute("SELECT count(*) FROM parked_deliveries WHERE left = ''").fetchone()
        nonce = secrets.token_hex(8)
        said = {
            "format": wire.FORMAT,
            "nonce": nonce,
            "backlog": outbox.backlog(self._store),
            "total": total,
            "parked": waiting,
            "left": [dict(zip(wire.LEFT, row, strict=True)) for row in rows],
            "capabilities": CAPABILITIES,
        }
        body = json.dumps(said).encode()
        answer = self._portal.deliver("POST", f"{API}/parked", kind="parked", key=nonce, body=body, now=now)
        if not isinstance(answer, Receipt):
            log.error("the portal does not take the list of what is parked: %s", answer.sentence)
            return
        self._silent = not waiting
        with self._store.transaction() as db:
            db.executemany(
                "DELETE FROM parked_deliveries WHERE kind = ? AND key = ? AND at = ? AND left <> ''",
                [row[:3] for row in rows],
            )
        for order in answer.said["orders"] if isinstance(answer.said["orders"], list) else []:
            self._obey(order, {(one["kind"], one["id"], one["digest"]) for one in waiting}, now)

    def _obey(self, order: object, known: set[tuple[str, str, str]], now: datetime) -> None:
        """An order counts for the very content that it names."""
        if not isinstance(order, Mapping):
            return
        kind, key, digest, verb = (str(order.get(name)) for name in ("kind", "id", "digest", "order"))
        if (kind, key, digest) not in known or verb not in wire.ORDERS:
            return
        reason = f"portal: {order.get('reason', '')}"
        try:
            if verb == wire.SEND:
                send_again(self._store, kind, key, reason=reason, now=now)
            else:
                give_up(self._store, kind, key, reason=reason)
        except NotParked:  # settled here in the meantime
            return
