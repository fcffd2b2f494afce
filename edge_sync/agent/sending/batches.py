"""Sending batches: in order, each until the portal's receipt names it.

- The portal's own refusal parks a batch for a person; what anybody else answers is tried again.
- A 413 of anyone, or three failures in a row while the portal can be reached, halves the batch. The portal is
  asked first: it says that it has the batch after all, or promises never to take that number any more.
- One record that something on the way still refuses is held: the others go on, it is tried again after them.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from hashlib import sha256

from edge_sync.agent.config import Config
from edge_sync.agent.disk import outbox
from edge_sync.agent.disk.store import Store
from edge_sync.agent.sending import parking
from edge_sync.agent.sending.transport import Away, Foreign, Portal
from mlops_portal.foundation.wire.receipt import TOO_LARGE, Receipt, Refusal

log = logging.getLogger("agent.batches")
AT_ONCE = 50
FAILURES = 3
SMALLEST_ROOM = 4096
VOID = "batch-void"
API = "/api/v1/edge"


class Batches:
    """``room`` is learned from what the way refused, anew at every start."""

    def __init__(self, config: Config, store: Store, portal: Portal) -> None:
        self._config, self._store, self._portal = config, store, portal
        self._room = outbox.ROOM
        self._failed: dict[int, int] = {}

    def send(self, now: datetime) -> None:
        """Send what waits; Away where the portal is not there, or Foreign where somebody else answers."""
        for _count in range(AT_ONCE):
            oldest = outbox.oldest(self._store)
            if oldest is not None:
                self._send(*oldest, now)
            elif not outbox.form(self._store, node=self._config.node, now=now, room=self._room):
                break
        for sequence in outbox.held(self._store):
            body = outbox.read(self._store, sequence)
            try:
                self._settle(sequence, body, self._deliver(sequence, body, now), now)
            except Foreign as error:
                log.warning("batch %d of one record is still held: %s", sequence, error)

    def _deliver(self, sequence: int, body: bytes, now: datetime) -> Receipt | Refusal:
        return self._portal.deliver(
            "POST", f"{API}/telemetry", kind="telemetry", key=str(sequence), body=body, now=now
        )

    def _send(self, sequence: int, body: bytes, now: datetime) -> None:
        try:
            answer = self._deliver(sequence, body, now)
        except Away as error:
            if error.wait:
                raise
            self._failed[sequence] = self._failed.get(sequence, 0) + 1
            too_large = isinstance(error, Foreign) and error.status == TOO_LARGE
            if not too_large and self._failed[sequence] < FAILURES:
                raise
            self._smaller(sequence, body, now)
        else:
            self._settle(sequence, body, answer, now)

    def _settle(self, sequence: int, body: bytes, answer: Receipt | Refusal, now: datetime) -> None:
        if isinstance(answer, Receipt):
            self._done(sequence)
        elif answer.code == VOID:  # the promise came before, and its receipt was lost
            self._anew(sequence, body, now)
        elif answer.status == TOO_LARGE and outbox.records(body) > 1:
            self._smaller(sequence, body, now)
        else:
            self._park(sequence, body, answer, now)

    def _done(self, sequence: int) -> None:
        self._failed.pop(sequence, None)
        outbox.taken(self._store, sequence)

    def _park(self, sequence: int, body: bytes, refusal: Refusal, now: datetime) -> None:
        log.error("the portal refuses batch %d: %s", sequence, refusal.sentence)
        with self._store.transaction():
            parking.park(
                self._store,
                "telemetry",
                str(sequence),
                body,
                records=outbox.records(body),
                refusal=refusal,
                now=now,
            )
            self._done(sequence)

    def _smaller(self, sequence: int, body: bytes, now: datetime) -> None:
        """Two in place of one, or a single record held; Away where the portal cannot be asked."""
        several = outbox.records(body) > 1
        asked = json.dumps({"digest": sha256(body).hexdigest(), "void": several}).encode()
        path = f"{API}/telemetry/{sequence}/void"
        answer = self._portal.deliver("POST", path, kind="void", key=str(sequence), body=asked, now=now)
        if isinstance(answer, Refusal):
            self._park(sequence, body, answer, now)
        elif answer.said["taken"] is True:
            self._done(sequence)
        elif several:
            self._anew(sequence, body, now)
        else:
            outbox.hold(self._store, sequence)

    def _anew(self, sequence: int, body: bytes, now: datetime) -> None:
        """The same records under other numbers, in halves where there are two."""
        if outbox.records(body) > 1:
            self._room = max(SMALLEST_ROOM, len(body) // 2)
            numbers = outbox.split(self._store, sequence, body, now)
        else:
            with self._store.transaction():
                numbers = [outbox.renumber(self._store, body, now)]
                outbox.taken(self._store, sequence)
        self._failed.pop(sequence, None)
        self._failed.update(dict.fromkeys(numbers, FAILURES - 1))
        log.warning("batch %d does not come through: sent as %s", sequence, numbers)
