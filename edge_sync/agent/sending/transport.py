"""Deliveries to the portal, signed with the node's key; and how long to wait after a failure.

A delivery is done when the portal's receipt names it (``wire.receipt``). The status alone says nothing.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_sync.agent.config import Config
from edge_sync.agent.sending import web
from mlops_portal.foundation.wire import nodeauth, receipt
from mlops_portal.foundation.wire.formats import OtherVersion
from mlops_portal.foundation.wire.receipt import Delivery, Receipt, Refusal

LONGEST_WAIT = 3600.0
STARTS = 120


class Away(Exception):
    """The portal does not answer, or not now; ``wait`` are the seconds that it asked for, 0 for none."""

    def __init__(self, sentence: str, *, wait: float = 0.0) -> None:
        super().__init__(sentence)
        self.wait = wait


class Foreign(Away):
    """Something answered, and it was not the portal's answer to this: a sign-in page, a proxy, a cache."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def retry_after(text: str, now: datetime) -> float:
    """The seconds that a Retry-After names (RFC 9110, 10.2.3), at most an hour; 0 where it names none."""
    try:
        seconds = (
            float(text) if text.strip().isdecimal() else (parsedate_to_datetime(text) - now).total_seconds()
        )
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT)


class Portal:
    """The portal's endpoints for nodes."""

    def __init__(self, config: Config, key: Ed25519PrivateKey, connections: urllib3.PoolManager) -> None:
        self._config, self._key, self._pool = config, key, connections
        self._prefix = urlsplit(config.portal).path

    def deliver(
        self,
        method: str,
        path: str,
        *,
        kind: str,
        key: str,
        now: datetime,
        body: bytes = b"",
        media_type: str = "application/json",
    ) -> Receipt | Refusal:
        """Send it signed; the portal's receipt or its refusal. Away or Foreign where neither came back."""
        headers: Mapping[str, str] = nodeauth.sign(
            self._key, node=self._config.node, method=method, path=self._prefix + path, body=body, now=now
        )
        page = self.fetch(method, path, body=body, headers={**headers, "Content-Type": media_type})
        return self.judged(Delivery.of(kind, self._config.node, key, body), page, path, now)

    def fetch(self, method: str, path: str, *, body: bytes, headers: Mapping[str, str]) -> web.Page:
        try:
            return web.fetch(
                self._pool,
                method,
                self._config.portal + path,
                most=receipt.LARGEST,
                body=body or None,
                headers=headers,
            )
        except web.TooLong as error:
            raise Foreign(f"{self._config.portal}{path} sends what no portal sends: {error}", 0) from None
        except urllib3.exceptions.HTTPError as error:
            raise Away(f"{self._config.portal} does not answer: {error}") from None

    def judged(self, delivery: Delivery, page: web.Page, path: str, now: datetime) -> Receipt | Refusal:
        where, start = f"{self._config.portal}{path}", page.body[:STARTS]
        try:
            answer = receipt.read(delivery, status=page.status, media_type=page.media_type, body=page.body)
        except OtherVersion as error:
            raise Away(f"{where}: {error.sentence}") from None
        if answer is not None:
            return answer
        if page.status in (429, 503):
            wait = retry_after(page.headers.get("Retry-After", ""), now)
            raise Away(f"{where} answers {page.status}: {start!r}", wait=wait)
        if page.status == 401:
            raise Away(f"{where} does not know this node: {page.body[:400]!r}")
        raise Foreign(
            f"{where} answers {page.status}, but not as the portal does ({start!r}); "
            "a sign-in page or a proxy stands between this node and the portal",
            page.status,
        )


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
