"""HTTP as a node on a plant's network needs it: bounded in bytes and in time, never redirected.

urllib3's timeouts bound single reads. A head or a body that comes a byte at a time would hold the thread for
days, so the head has a deadline here, and a body is read piece by piece against one.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from edge_sync.agent.config import Config
from mlops_portal.foundation.wire.version import VERSION

TIMEOUT = urllib3.Timeout(connect=5, read=30)
HEAD_SECONDS = 45.0
BODY_SECONDS = 60.0
CHUNK = 1 << 16


class TooSlow(HTTPError):
    """It came, but not in time."""


class TooLong(HTTPError):
    """More came than was asked for."""


class _Deadline:
    """A connection that is cut where the head of an answer drips."""

    sock: socket.socket | None

    def getresponse(self) -> Any:
        timer = threading.Timer(HEAD_SECONDS, self._cut)
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()  # type: ignore[misc]  # the connection's own, beside this class
        finally:
            timer.cancel()

    def _cut(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):  # below TLS, whose own shutdown is not for other threads
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Http(_Deadline, HTTPConnection):
    pass


class _Https(_Deadline, HTTPSConnection):
    pass


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


def pool(config: Config) -> urllib3.PoolManager:
    """Connections that trust the plant's own authority where one is named."""
    connections = urllib3.PoolManager(
        retries=False,
        timeout=TIMEOUT,
        headers={"User-Agent": f"mlops-portal-agent/{VERSION}", "Accept-Encoding": "identity"},
        ca_certs=str(config.home / config.ca) if config.ca else None,
    )
    connections.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
    return connections


def pieces(answer: urllib3.BaseHTTPResponse, *, seconds: float) -> Iterator[bytes]:
    """The body as it comes, encoded as it is; TooSlow after ``seconds``, HTTPError where it breaks off."""
    until = time.monotonic() + seconds
    while piece := answer.read1(CHUNK, decode_content=False):
        yield piece
        if time.monotonic() > until:
            raise TooSlow(f"the answer was not complete after {seconds:.0f} s")


@dataclass(frozen=True, slots=True)
class Page:
    """A whole answer, decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "")


def fetch(
    connections: urllib3.PoolManager,
    method: str,
    address: str,
    *,
    most: int,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Page:
    """One request and at most ``most`` bytes of its answer; HTTPError for whatever goes wrong."""
    answer = connections.request(
        method,
        address,
        body=body,
        headers={**connections.headers, **(headers or {})},
        preload_content=False,
        redirect=False,
    )
    whole = False
    try:
        body_read = bytearray()
        for piece in pieces(answer, seconds=BODY_SECONDS):
            body_read += piece
            if len(body_read) > most:
                raise TooLong(f"more than {most} bytes came")
        whole = True
    finally:
        if whole:
            answer.release_conn()
        else:
            answer.close()
    return Page(answer.status, answer.headers, _decoded(bytes(body_read), answer.headers, most))


def _decoded(data: bytes, headers: Mapping[str, str], most: int) -> bytes:
    """Something between may compress, though the node asks it not to."""
    if headers.get("Content-Encoding", "").strip().lower() not in ("gzip", "x-gzip"):
        return data
    opened = zlib.decompressobj(31)
    try:
        plain = opened.decompress(data, most + 1)
    except zlib.error as error:
        raise HTTPError(f"the answer is no gzip: {error}") from None
    if len(plain) > most or not opened.eof:
        raise TooLong(f"more than {most} bytes came, or not all of them")
    return plain
