"""Pictures of sampled parts: from the camera to the portal.

- Only the camera, and the portal's own word that it does not know the part, count as tries; after ``TRIES``
  the camera's are given up, and the portal's are parked.
- What a stranger answers counts for nothing, and the next picture is another one.
"""

from __future__ import annotations

import logging
from datetime import datetime
from urllib.parse import quote

import urllib3

from edge_sync.agent.config import Config
from edge_sync.agent.disk.store import Store
from edge_sync.agent.sending import parking, web
from edge_sync.agent.sending.batches import API
from edge_sync.agent.sending.transport import Foreign, Portal
from mlops_portal.foundation.wire.receipt import Receipt, Refusal

log = logging.getLogger("agent.pictures")
AT_ONCE = 40
TRIES = 30
STRANGERS = 3
LARGEST = 1 << 22  # what a camera may send [bytes]; the portal takes less
PNG = b"\x89PNG\r\n\x1a\n"
EARLY = "no-such-part"  # the portal has not heard of the part yet


class Pictures:
    """``send`` raises Away where the portal is not there."""

    def __init__(
        self, config: Config, store: Store, portal: Portal, connections: urllib3.PoolManager
    ) -> None:
        self._config, self._store, self._portal, self._pool = config, store, portal, connections

    def send(self, now: datetime) -> None:
        """Some that wait, those with the fewest tries first."""
        rows = self._store.db.execute(
            "SELECT id, part, view, tries FROM pictures ORDER BY tries, random() LIMIT ?", (AT_ONCE,)
        ).fetchall()
        strangers = 0
        for number, part, view, tries in rows:
            try:
                self._send(number, part, view, tries, now)
            except Foreign:
                strangers += 1
                if strangers >= STRANGERS:
                    raise

    def _send(self, number: str, part: str, view: str, tries: int, now: datetime) -> None:
        page = self._camera(part, view)
        if page is not None and page.status == 404:  # the camera has forgotten the part
            self._done(number, view)
            return
        if page is None or page.status != 200 or not page.body.startswith(PNG):
            self._tried(number, view)
            if tries + 1 >= TRIES:
                log.error("the camera gave no picture of %s (%s) in %d tries", part, view, TRIES)
                self._done(number, view)
            return
        path = f"{API}/pictures/{quote(number, safe=':')}/{quote(view, safe='')}"
        answer = self._portal.deliver(
            "PUT",
            path,
            kind="picture",
            key=f"{number}/{view}",
            body=page.body,
            media_type="image/png",
            now=now,
        )
        if isinstance(answer, Receipt):
            self._done(number, view)
        elif answer.code == EARLY and tries + 1 < TRIES:
            self._tried(number, view)
        else:
            self._park(number, part, view, answer, now)

    def _camera(self, part: str, view: str) -> web.Page | None:
        address = f"{self._config.camera}/pictures/{quote(part, safe='')}/{view}.png"
        try:
            return web.fetch(self._pool, "GET", address, most=LARGEST)
        except urllib3.exceptions.HTTPError:
            return None

    def _done(self, number: str, view: str) -> None:
        with self._store.transaction() as db:
            db.execute("DELETE FROM pictures WHERE id = ? AND view = ?", (number, view))

    def _tried(self, number: str, view: str) -> None:
        with self._store.transaction() as db:
            db.execute("UPDATE pictures SET tries = tries + 1 WHERE id = ? AND view = ?", (number, view))

    def _park(self, number: str, part: str, view: str, refusal: Refusal, now: datetime) -> None:
        """The picture stays with the camera; what is parked is that it is wanted."""
        with self._store.transaction():
            key = f"{number}/{view}"
            parking.park(self._store, "picture", key, part.encode(), records=1, refusal=refusal, now=now)
            self._done(number, view)
