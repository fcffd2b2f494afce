"""A proxy that stands between a node and its portal and lies: what guest networks, sign-in pages, caches and
filters answer, over real HTTP on loopback.

``LIES`` names them all. A lie is told instead of passing a request on, or after it: the portal has it, and
the node is told something else. ``choose`` decides for each request; None passes it on and tells the truth.
"""

from __future__ import annotations

import gzip
import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import urllib3

PAGE = b"<!doctype html><title>Guest network</title><p>Welcome. Accept the terms to go on.</p>"
DRIPS = 40
DRIP_SECONDS = 0.02
HOP = {"host", "connection", "content-length", "transfer-encoding", "keep-alive", "date", "server"}


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def exchange(self) -> str:
        """The room of the address: metadata, targets, telemetry, reports, wanted, pictures, parked."""
        parts = self.path.partition("?")[0].strip("/").split("/")
        return parts[1] if parts[0] == "tuf" else parts[3] if len(parts) > 3 else ""


@dataclass
class Told:
    """An answer. ``cut`` sends so many bytes of the body and breaks off, ``drip`` sends it byte by byte."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: bool = False
    silent: bool = False


Pass = Callable[[], Told]
Lie = Callable[[Asked, Pass, "LyingProxy"], Told]


def _page(status: int, **headers: str) -> Lie:
    said = {"Content-Type": "text/html"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked, onward, proxy: Told(status, PAGE, dict(said))


def _json(found: object) -> Lie:
    return lambda asked, onward, proxy: Told(
        200, json.dumps(found).encode(), {"Content-Type": "application/json"}
    )


def _echo(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    return Told(200, asked.body, {"Content-Type": "application/json"})


def _cached(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    """The newest true answer to another request of this kind."""
    return proxy.remembered.get((asked.method, asked.exchange)) or Told(
        200, PAGE, {"Content-Type": "text/html"}
    )


def _huge(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    return Told(200, PAGE * 20_000, {"Content-Type": "application/json"})


def _bomb(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    packed = gzip.compress(b" " * (8 << 20))
    return Told(200, packed, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


def _no_gzip(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    return Told(200, PAGE, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


def _deep(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    return Told(200, b"[" * 100_000, {"Content-Type": "application/json"})


def _dripping(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    return Told(200, PAGE, {"Content-Type": "text/html"}, drip=True)


def _silent(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    return Told(0, silent=True)


def _range_page(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    """A page that says that it is the range which was asked for."""
    start = int(asked.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    said = {"Content-Type": "text/html", "Content-Range": f"bytes {start}-{start + len(PAGE) - 1}/*"}
    return Told(206, PAGE, said)


# ---- the portal has it, and the node hears something else ----


def _page_after(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    onward()
    return Told(200, PAGE, {"Content-Type": "text/html"})


def _refused_after(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    onward()
    return Told(413, PAGE, {"Content-Type": "text/html"})


def _lost_after(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    onward()
    return Told(0, silent=True)


def _truncated(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    found = onward()
    found.cut = len(found.body) // 2
    return found


def _other_type(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    found = onward()
    found.headers["Content-Type"] = "text/html"
    return found


def _twice(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    onward()
    return onward()


def _zipped(asked: Asked, onward: Pass, proxy: LyingProxy) -> Told:
    """No lie about the content: a proxy that compresses what it was asked not to."""
    found = onward()
    found.body = gzip.compress(found.body)
    found.headers["Content-Encoding"] = "gzip"
    return found


LIES: dict[str, Lie] = {
    "200 with a page": _page(200),
    "200 and nothing": lambda asked, onward, proxy: Told(200),
    "204": lambda asked, onward, proxy: Told(204),
    "302 to a sign-in page": _page(302, Location="/signin"),
    "200 of another service": _json({"status": "ok", "taken": 1, "rows": ["x"]}),
    "200 with a list": _json([]),
    "an echo": _echo,
    "a cached answer": _cached,
    "a huge answer": _huge,
    "a packed bomb": _bomb,
    "no gzip at all": _no_gzip,
    "json without end": _deep,
    "a dripping page": _dripping,
    "silence": _silent,
    "a page as a range": _range_page,
    "400": _page(400),
    "401": _page(401, WWW_Authenticate="Basic"),
    "403": _page(403),
    "404": _page(404),
    "407": _page(407),
    "409": _page(409),
    "413": _page(413),
    "416": _page(416),
    "422": _page(422),
    "429": _page(429, Retry_After="1"),
    "502": _page(502),
    "503": _page(503, Retry_After="1"),
    "504": _page(504),
    "a page after it was taken": _page_after,
    "413 after it was taken": _refused_after,
    "the answer is lost": _lost_after,
    "the answer is cut": _truncated,
    "the answer has another type": _other_type,
    "sent on twice": _twice,
    "the answer is packed": _zipped,
}


def mixed(seed: int, lies: list[str], *, share: float) -> Callable[[Asked], str | None]:
    """Lies on that share of the requests, drawn anew for each; the same again for the same seed."""
    draw = random.Random(seed)
    return lambda asked: draw.choice(lies) if draw.random() < share else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A node that was killed hangs up in the middle; everything else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as it came


class LyingProxy:
    """Listens on ``url`` and passes on to ``behind``; ``told`` counts the lies, ``limit`` is its own 413."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.choose: Callable[[Asked], str | None] = lambda asked: None
        self.limit: int | None = None
        self.told: Counter[str] = Counter()
        self.remembered: dict[tuple[str, str], Told] = {}
        self._onward = urllib3.PoolManager(retries=False)
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._onward.clear()

    def always(self, lie: str | None, *exchanges: str) -> None:
        """Tell this lie on every request, or on those of these exchanges alone."""
        self.choose = lambda asked: lie if not exchanges or asked.exchange in exchanges else None

    def answer(self, asked: Asked) -> Told:
        def onward() -> Told:
            found = self._pass(asked)
            self.remembered[(asked.method, asked.exchange)] = found
            return Told(found.status, found.body, dict(found.headers))

        if self.limit is not None and len(asked.body) > self.limit:
            self.told["limit"] += 1
            return LIES["413"](asked, onward, self)
        name = self.choose(asked)
        if name is None:
            return onward()
        self.told[name] += 1
        return LIES[name](asked, onward, self)

    def _pass(self, asked: Asked) -> Told:
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOP}
        try:
            found = self._onward.request(
                asked.method,
                self.behind + asked.path,
                body=asked.body or None,
                headers=headers,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError:
            return Told(502, PAGE, {"Content-Type": "text/html"})
        kept = {name: value for name, value in found.headers.items() if name.lower() not in HOP}
        return Told(found.status, found.data, kept)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16

            def whatever(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                found = proxy.answer(Asked(self.command, self.path, dict(self.headers.items()), body))
                try:
                    self.tell(found)
                except OSError:  # the node hung up: it had heard enough
                    self.close_connection = True

            do_GET = do_POST = do_PUT = whatever

            def tell(self, found: Told) -> None:
                if found.silent:
                    self.hang_up()
                    return
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                if found.status != 204:
                    self.send_header("Content-Length", str(len(found.body)))
                self.end_headers()
                if found.drip:
                    edges = [len(found.body) * place // DRIPS for place in range(DRIPS + 1)]
                    for start, end in pairwise(edges):
                        self.wfile.write(found.body[start:end])
                        self.wfile.flush()
                        time.sleep(DRIP_SECONDS)
                elif found.cut is not None:
                    self.wfile.write(found.body[: found.cut])
                    self.wfile.flush()
                    self.hang_up()
                else:
                    self.wfile.write(found.body)

            def hang_up(self) -> None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        return Handler
