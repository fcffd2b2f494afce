"""What goes to the portal, in this order: reports, batches, wanted rows, pictures.

Everything waits until it was taken; what the portal finds wrong for good is put aside and holds up nothing.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import urllib3

from edge_sync.agent import outbox, reports
from edge_sync.agent.config import Config
from edge_sync.agent.recording import send_row
from edge_sync.agent.store import Store
from edge_sync.agent.transport import Portal

log = logging.getLogger("agent.uplink")
BATCHES_AT_ONCE = 50
PICTURES_AT_ONCE = 40
PICTURE_TRIES = 30
API = "/api/v1/edge"


class Uplink:
    """Raises ``transport.Away`` where the portal is not there; nothing is lost by that."""

    def __init__(
        self, config: Config, store: Store, portal: Portal, connections: urllib3.PoolManager
    ) -> None:
        self._config, self._store, self._portal, self._pool = config, store, portal, connections

    def exchange(self, now: datetime) -> None:
        """Send what waits."""
        self.send_reports(now)
        self.send_batches(now)
        self.ask_wanted(now)
        self.send_pictures(now)

    def send_reports(self, now: datetime) -> None:
        limit = 100
        while found := reports.waiting(self._store, limit):
            answer = self._portal.request("POST", f"{API}/reports", body=json.dumps(found).encode(), now=now)
            if answer.ok:
                reports.taken(self._store, found[-1]["sequence"])
            elif limit > 1:
                limit = 1  # find the one that does not fit
            elif answer.final:
                log.error("report %d is not taken: %r", found[0]["sequence"], answer.body[:200])
                reports.taken(self._store, found[0]["sequence"])
            else:
                return

    def send_batches(self, now: datetime) -> None:
        for _count in range(BATCHES_AT_ONCE):
            found = outbox.oldest(self._store)
            if found is None:
                if not outbox.form(self._store, node=self._config.node, now=now):
                    return
                continue
            sequence, body = found
            answer = self._portal.request("POST", f"{API}/telemetry", body=body, now=now)
            if answer.ok:
                outbox.taken(self._store, sequence)
            elif answer.final:
                sentence = answer.body[:500].decode("utf-8", "replace")
                log.error("batch %d is not taken: %s", sequence, sentence)
                outbox.park(self._store, sequence, sentence)
            else:
                return

    def ask_wanted(self, now: datetime) -> None:
        """Queue the rows that the portal asks for, each once, as long as they are kept."""
        answer = self._portal.request("GET", f"{API}/wanted", now=now)
        if not answer.ok:
            return
        try:
            wanted = [str(one) for one in json.loads(answer.body)["rows"]]
        except (ValueError, KeyError, TypeError):
            log.error("the list of wanted rows cannot be read")
            return
        for number in wanted:
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

    def send_pictures(self, now: datetime) -> None:
        """Fetch pictures of sampled parts from the camera and hand them on; given up after many tries."""
        rows = self._store.db.execute(
            "SELECT id, part, view FROM pictures ORDER BY tries, rowid LIMIT ?", (PICTURES_AT_ONCE,)
        ).fetchall()
        for number, part, view in rows:
            done = self._send_picture(number, part, view, now)
            with self._store.transaction() as db:
                if not done:
                    db.execute(
                        "UPDATE pictures SET tries = tries + 1 WHERE id = ? AND view = ?", (number, view)
                    )
                db.execute(
                    "DELETE FROM pictures WHERE id = ? AND view = ? AND (? OR tries >= ?)",
                    (number, view, done, PICTURE_TRIES),
                )

    def _send_picture(self, number: str, part: str, view: str, now: datetime) -> bool:
        address = f"{self._config.camera}/pictures/{part}/{view}.png"
        try:
            found = self._pool.request("GET", address, redirect=False)
        except urllib3.exceptions.HTTPError:
            return False
        if found.status == 404:
            return True  # the camera has forgotten the part
        if found.status != 200:
            return False
        answer = self._portal.request(
            "PUT", f"{API}/pictures/{number}/{view}", body=found.data, kind="image/png", now=now
        )
        return answer.ok

    def forget(self, now: datetime) -> None:
        """Delete rows that were kept long enough."""
        oldest = (now - timedelta(days=self._config.keep_days)).timestamp()
        with self._store.transaction() as db:
            db.execute("DELETE FROM kept_rows WHERE at < ?", (oldest,))
