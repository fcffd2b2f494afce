"""The inspection station: some parts are measured later, and the result goes to the portal's API."""

from __future__ import annotations

import http.client
import json
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from mlops_portal.above.demo.sim.parts import Truth

ONE_IN = 40
KEPT = 500
AGAIN = timedelta(seconds=20)
TRIES = 5


class Station:
    """Sends the truth about one part in ``ONE_IN``, with an API token, when its inspection is done."""

    def __init__(self, *, portal: str, token: Path, speed: float) -> None:
        self.portal, self.token, self.speed = urlsplit(portal), token, speed
        self._seen = 0
        self._waiting: deque[tuple[datetime, str, str, str, int]] = deque(maxlen=KEPT)

    def saw(self, truth: Truth, now: datetime, *, asset: str) -> None:
        """A part that ``asset`` made; another machine may judge it too, so the result names the machine."""
        self._seen += 1
        if self._seen % ONE_IN == 0:
            due = now + timedelta(minutes=truth.delay / self.speed)
            self._waiting.append((due, truth.part, truth.defect, asset, TRIES))

    def send(self, now: datetime) -> int:
        """Send what is due; what the portal does not know yet is sent again. Returns how many arrived."""
        due = [one for one in self._waiting if one[0] <= now]
        sent = 0
        for one in due:
            self._waiting.remove(one)
            _due, part, defect, asset, tries = one
            if self._post(part, defect, asset, now):
                sent += 1
            elif tries > 1:
                self._waiting.append((now + AGAIN, part, defect, asset, tries - 1))
        return sent

    def _post(self, part: str, defect: str, asset: str, now: datetime) -> bool:
        try:
            secret = self.token.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return False
        secure = self.portal.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self.portal.netloc, timeout=5)
        body = json.dumps({"part": part, "asset": asset, "truth": defect, "at": now.isoformat()})
        try:
            connection.request(
                "POST",
                "/api/v1/inspections/",
                body,
                {
                    "Authorization": f"Bearer {secret}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"inspection-{part}",
                },
            )
            return connection.getresponse().status == 201
        except OSError:
            return False
        finally:
            connection.close()
