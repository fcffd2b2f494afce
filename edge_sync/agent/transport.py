"""Requests to the portal, signed with the node's key; and how long to wait after a failure."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_sync.agent.config import VERSION, Config
from mlops_portal.wire import nodeauth

TIMEOUT = urllib3.Timeout(connect=5, read=30)


class Away(Exception):
    """The portal does not answer, or not now."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def final(self) -> bool:
        """The same request will never be taken: it is wrong, not early."""
        return self.status in (400, 409, 413, 422)


def pool(config: Config) -> urllib3.PoolManager:
    """Connections that trust the plant's own authority where one is named."""
    return urllib3.PoolManager(
        retries=False,
        timeout=TIMEOUT,
        headers={"User-Agent": f"mlops-portal-agent/{VERSION}"},
        ca_certs=str(config.home / config.ca) if config.ca else None,
    )


class Portal:
    """The portal's endpoints for nodes."""

    def __init__(self, config: Config, key: Ed25519PrivateKey, connections: urllib3.PoolManager) -> None:
        self._config, self._key, self._pool = config, key, connections
        self._prefix = urlsplit(config.portal).path

    def request(
        self, method: str, path: str, *, now: datetime, body: bytes = b"", kind: str = "application/json"
    ) -> Answer:
        """Send a signed request; Away where there is no answer, or one that says to come again."""
        headers: Mapping[str, str] = nodeauth.sign(
            self._key, node=self._config.node, method=method, path=self._prefix + path, body=body, now=now
        ) | {"Content-Type": kind}
        try:
            answer = self._pool.request(
                method,
                self._config.portal + path,
                body=body or None,
                headers={**self._pool.headers, **headers},
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Away(f"{self._config.portal} does not answer: {error}") from None
        if answer.status >= 500 or answer.status in (401, 403, 408, 429):
            raise Away(f"{self._config.portal}{path} answers {answer.status}: {answer.data[:200]!r}")
        return Answer(answer.status, answer.data)


class Backoff:
    """Waits that double up to ``longest`` seconds, with jitter, so that nodes do not come all at once."""

    def __init__(self, shortest: float, longest: float = 300.0) -> None:
        self._shortest, self._longest, self._failures = shortest, longest, 0

    def failed(self) -> float:
        """Seconds to wait now."""
        self._failures += 1
        ceiling = min(self._longest, self._shortest * 2 ** min(self._failures, 20))
        return random.uniform(self._shortest / 2, ceiling)  # noqa: S311  # spreads load, guards nothing

    def succeeded(self) -> None:
        self._failures = 0
