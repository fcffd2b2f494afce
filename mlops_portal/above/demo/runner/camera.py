"""The camera beside the machines: draws the picture of a part when somebody asks for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mlops_portal.above.demo.sim.catalogue import ASSETS
from mlops_portal.above.demo.sim.pictures import draw

KEPT, DRAWN = 20_000, 200
VIEWS = ("colour", "depth")


class Camera:
    """Remembers what the newest parts look like and serves ``/pictures/<part>/<view>.png`` on loopback."""

    def __init__(self, seed: int, port: int) -> None:
        self.seed = seed
        self._parts: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._drawn: OrderedDict[str, draw.Pictures] = OrderedDict()
        self._lock, self._drawing = threading.Lock(), threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="camera", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def saw(self, part: str, asset: str, defect: str) -> None:
        with self._lock:
            self._parts[part] = (ASSETS[asset].type, defect)
            while len(self._parts) > KEPT:
                self._parts.popitem(last=False)

    def picture(self, part: str, view: str) -> bytes | None:
        """PNG bytes, or None for a part that is forgotten."""
        with self._lock:
            part_seen = self._parts.get(part)
        if part_seen is None or view not in VIEWS:
            return None
        with self._drawing:  # both views come from one drawing, which takes a core for itself anyway
            pictures = self._drawn.get(part)
            if pictures is None:
                pictures = self._drawn[part] = draw.pictures(self.seed, part, *part_seen)
            if len(self._drawn) > DRAWN:
                self._drawn.popitem(last=False)
        return pictures.colour if view == "colour" else pictures.depth

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = self.path.removeprefix("/pictures/").removesuffix(".png").split("/")
                data = camera.picture(*parts) if len(parts) == 2 else None
                self.send_response(200 if data else 404)
                self.send_header("Content-Type", "image/png" if data else "text/plain")
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                with suppress(BrokenPipeError):  # whoever asked has gone
                    self.wfile.write(data or b"")

            def log_message(self, *_arguments: object) -> None:
                """Quiet: the portal's log is not the camera's."""

        return Handler
