"""What goes to the portal, in this order: reports, batches, what is parked, wanted rows, pictures, and what
the node saw of the log.

Everything waits until the portal's receipt names it; what the portal itself refuses is parked for a person
and holds up nothing. Where a stranger answers one of these, the others are tried all the same.
"""

from __future__ import annotations

import json
import logging
import secrets
from datetime import datetime, timedelta

import urllib3

from edge_sync.agent.config import Config
from edge_sync.agent.disk import reports
from edge_sync.agent.disk.store import Store
from edge_sync.agent.machine.recording import send_row
from edge_sync.agent.sending import parking
from edge_sync.agent.sending.batches import API, Batches
from edge_sync.agent.sending.pictures import Pictures
from edge_sync.agent.sending.transport import Away, Foreign, Portal
from edge_sync.agent.sending.witnessing import Witness
from mlops_portal.foundation.wire.receipt import TOO_LARGE, Receipt

log = logging.getLogger("agent.uplink")
REPORTS_AT_ONCE = 100
STOP = "exchange_stop"


class Uplink:
    """Raises ``transport.Away`` where the portal is not there; nothing is lost by that."""

    def __init__(
        self,
        config: Config,
        store: Store,
        portal: Portal,
        connections: urllib3.PoolManager,
        witness: Witness | None = None,
    ) -> None:
        self._config, self._store, self._portal = config, store, portal
        self._batches = Batches(config, store, portal)
        self._parking = parking.Parking(store, portal, config.node)
        self._pictures = Pictures(config, store, portal, connections)
        self._witness = witness
        self._reports_at_once = REPORTS_AT_ONCE

    def exchange(self, now: datetime) -> None:
        """Send what waits; why it could not be sent stands in the store and is raised at the end."""
        stranger: Away | None = None
        try:
            for send in (
                self.send_reports,
                self.send_batches,
                self._parking.exchange,
                self.ask_wanted,
                self._pictures.send,
                *([self._witness.exchange] if self._witness else []),
            ):
                try:
                    send(now)
                except Foreign as error:
                    stranger = stranger or error
        except Away as error:
            stranger = error
        self._say(str(stranger) if stranger else "")
        if stranger:
            raise stranger

    def _say(self, sentence: str) -> None:
        if sentence != self._store.meta(STOP, ""):
            with self._store.transaction():
                self._store.set_meta(STOP, sentence)

    def send_batches(self, now: datetime) -> None:
        self._batches.send(now)

    def send_reports(self, now: datetime) -> None:
        """The oldest first; fewer at once where something on the way stumbles over them."""
        while waiting := reports.waiting(self._store, self._reports_at_once):
            body, last = json.dumps(waiting).encode(), waiting[-1]["sequence"]
            try:
                answer = self._portal.deliver(
                    "POST", f"{API}/reports", kind="reports", key=str(last), body=body, now=now
                )
            except Foreign as error:
                self._reports_at_once = max(1, len(waiting) // 2)
                if error.status == TOO_LARGE and len(waiting) > 1:
                    continue
                raise
            if isinstance(answer, Receipt):
                reports.taken(self._store, last)
                self._reports_at_once = REPORTS_AT_ONCE
            elif len(waiting) > 1:
                self._reports_at_once = 1  # find the one that does not fit
            else:
                log.error("the portal refuses report %d: %s", last, answer.sentence)
                with self._store.transaction():
                    said = json.dumps(waiting[0]).encode()
                    parking.park(self._store, "report", str(last), said, records=1, refusal=answer, now=now)
                    reports.taken(self._store, last)
                self._reports_at_once = REPORTS_AT_ONCE

    def ask_wanted(self, now: datetime) -> None:
        """Queue the rows that the portal asks for, each once, as long as they are kept."""
        nonce = secrets.token_hex(8)
        answer = self._portal.deliver("GET", f"{API}/wanted?nonce={nonce}", kind="wanted", key=nonce, now=now)
        rows = answer.said["rows"] if isinstance(answer, Receipt) else None
        if not isinstance(rows, list):
            log.error("the list of wanted rows cannot be read: %r", answer)
            return
        for number in map(str, rows):
            with self._store.transaction() as db:
                row = db.execute(
                    "SELECT part, readings, probabilities FROM kept_rows WHERE id = ? AND sent = 0", (number,)
                ).fetchone()
                if row is None:
                    continue
                part, readings, probabilities = row
                send_row(
                    self._store,
                    number,
                    part,
                    readings=json.loads(readings),
                    probabilities=json.loads(probabilities),
                    reason="requested",
                    inclusion_probability=1.0,
                    pictures=bool(self._config.camera),
                )
                db.execute("UPDATE kept_rows SET sent = 1 WHERE id = ?", (number,))

    def forget(self, now: datetime) -> None:
        """Delete rows that were kept long enough."""
        oldest = (now - timedelta(days=self._config.keep_days)).timestamp()
        with self._store.transaction() as db:
            db.execute("DELETE FROM kept_rows WHERE at < ?", (oldest,))
