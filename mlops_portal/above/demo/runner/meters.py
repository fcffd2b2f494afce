"""The air meters: what each machine draws goes to the portal's API, as a plant's energy system would send
it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from mlops_portal.above.demo.sim.air import STEP, air_flow
from mlops_portal.above.demo.sim.catalogue import ASSETS, key_of

LEAK = "air_leak"


class Meters:
    """Sends one value a machine every ``STEP`` seconds, with an API token; what is lost is lost."""

    def __init__(self, *, portal: str, token: Path, seed: int) -> None:
        self.portal, self.token, self.seed = urlsplit(portal), token, seed
        self._leaks: dict[str, float] = {}
        self._sent = 0

    def follow(self, wanted: Iterable[tuple[str, str, str, str, float]]) -> None:
        """As ``Runner.follow``: (id, disturbance, asset, reading, strength)."""
        self._leaks = {asset: strength for _id, key, asset, _reading, strength in wanted if key == LEAK}

    def send(self, now: datetime) -> int:
        """Send what is due; returns how many machines' values arrived."""
        index = int(now.timestamp() // STEP)
        if index == self._sent:
            return 0
        self._sent = index
        try:
            secret = self.token.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return 0
        return sum(self._post(asset, index, secret) for asset in ASSETS)

    def _post(self, asset: str, index: int, secret: str) -> bool:
        at = datetime.fromtimestamp(index * STEP, UTC).isoformat()
        value = air_flow(self.seed, asset, index, leak=self._leaks.get(asset, 0.0))
        body = json.dumps({"measure": key_of(asset), "values": [{"at": at, "value": value}]})
        secure = self.portal.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self.portal.netloc, timeout=5)
        try:
            connection.request(
                "POST",
                "/api/v1/measure-values/",
                body,
                {
                    "Authorization": f"Bearer {secret}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"air-{asset}-{index}",
                },
            )
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
