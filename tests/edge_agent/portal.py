"""The portal's side of the wire, over real HTTP: the TUF files, and the endpoints for nodes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import CryptoSigner

from mlops_portal.foundation.wire import jcs, nodeauth, parked, receipt, signed_time, telemetry
from mlops_portal.foundation.wire.receipt import Delivery

PNG = b"\x89PNG\r\n\x1a\n"


class FakePortal:
    """Takes what a node sends exactly as the contract says, and can be away, break off or stall."""

    unsigned: tuple[str, ...] = ()  # ends of addresses that need no signature

    def __init__(self, files: Path) -> None:
        self.files = files
        self.public = b""
        self.batches: dict[int, dict[str, Any]] = {}
        self.digests: dict[int, str] = {}
        self.reports: dict[int, dict[str, Any]] = {}
        self.pictures: dict[str, bytes] = {}
        self.wanted: list[str] = []
        self.void: set[int] = set()
        self.parked: dict[str, Any] = {}
        self.orders: list[dict[str, str]] = []
        self.away = False
        self.clock: Callable[[], datetime] | None = None  # what it says, signed, when asked for the time
        self.time_key: CryptoSigner | None = None
        self.swallow = False  # take what comes and say nothing: the answer gets lost
        self.refuse = 0  # refuse so many batches for good
        self.cuts: list[int] = []  # break off that many bytes into the next artifacts
        self.stall = threading.Event()  # set: artifacts stop half way until ``go_on``
        self.stalled, self.go_on = threading.Event(), threading.Event()
        self.ranges: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def all(self, kind: str) -> list[dict[str, Any]]:
        """All records of one kind, in the order of the batches."""
        return [one for _number, batch in sorted(self.batches.items()) for one in batch[kind]]

    def counted(self) -> int:
        """How many parts its windows hold: a piece counts once, and none may be known in part."""
        known: set[str] = set()
        for one in self.all("windows"):
            parts = set(one["parts"])
            assert len(parts) == one["n"]
            assert not parts & known or parts <= known
            known |= parts
        return len(known)

    def states(self, asset: str = "press-3") -> list[tuple[int, str]]:
        return [(r["number"], r["state"]) for _n, r in sorted(self.reports.items()) if r["asset"] == asset]

    def telemetry(self, body: bytes) -> int:
        batch = telemetry.parse(body)
        digest = sha256(body).hexdigest()
        if batch["sequence"] in self.void:
            return 409
        if self.digests.setdefault(batch["sequence"], digest) != digest:
            return 409
        if self.refuse:
            self.refuse -= 1
            return 422
        self.batches[batch["sequence"]] = batch
        return 202

    def take_reports(self, body: bytes) -> int:
        for one in json.loads(body):
            signature = bytes.fromhex(one.pop("signature"))
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, jcs.canonical(one))
            assert self.reports.setdefault(one["sequence"], one) == one
        return 200

    def take(self, path: str, body: bytes) -> tuple[int, Delivery, dict[str, Any]]:
        """Status, what it was, and what the receipt says beside its name."""
        said: dict[str, Any] = {}
        if path.endswith("/telemetry"):
            status, kind, key = self.telemetry(body), "telemetry", str(json.loads(body)["sequence"])
        elif path.endswith("/reports"):
            status, kind, key = self.take_reports(body), "reports", str(json.loads(body)[-1]["sequence"])
        elif path.endswith("/parked"):
            self.parked = parked.parse(body)
            status, kind, key = 200, "parked", self.parked["nonce"]
            said = {"orders": self.orders}
        elif path.endswith("/void"):
            key = path.split("/")[-2]
            status, kind, said = 200, "void", {"taken": int(key) in self.batches}
            if not said["taken"] and json.loads(body)["void"]:
                self.void.add(int(key))
        else:
            self.pictures[path] = body
            status, kind, key = 200, "picture", path.removeprefix("/api/v1/edge/pictures/")
        return status, Delivery.of(kind, "node-2", key, body), said

    def _handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901  # one server's answers, side by side
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # head and body apart would cost 40 ms an answer

            def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def said(self, status: int, delivery: Delivery, said: dict[str, Any]) -> None:
                """The receipt, or the refusal, of a delivery."""
                if status < 400:
                    found = json.dumps(receipt.write(delivery, **said)).encode()
                    self.answer(status, found, Content_Type=receipt.RECEIPT_TYPE)
                    return
                code = {409: "sequence-reused"}.get(status, "batch-unfit")
                problem = {"type": receipt.PROBLEM + code, "status": status, "detail": "It does not fit."}
                found = json.dumps(problem | receipt.refusal(delivery)).encode()
                self.answer(status, found, Content_Type=receipt.PROBLEM_TYPE)

            def do_GET(self) -> None:
                if portal.away:
                    self.answer(503)
                elif self.path.startswith("/tuf/"):
                    self.file()
                elif self.path.startswith("/api/v1/edge/time"):
                    self.time()
                elif self.path.startswith("/pictures/"):
                    self.answer(200, PNG + self.path.encode())
                elif self.signed(b""):
                    nonce = self.path.rpartition("=")[2]
                    self.said(200, Delivery.of("wanted", "node-2", nonce, b""), {"rows": portal.wanted})

            def time(self) -> None:
                if portal.clock is None or portal.time_key is None:
                    self.answer(404)
                    return
                nonce, time = self.path.partition("nonce=")[2], portal.clock().isoformat()
                signature = portal.time_key.sign(signed_time.signed_bytes(nonce=nonce, time=time)).signature
                self.answer(200, json.dumps({"time": time, "signature": signature}).encode())

            def file(self) -> None:
                path = portal.files / self.path.removeprefix("/tuf/")
                if not path.is_file():
                    self.answer(404, b"not here")
                    return
                data, start = path.read_bytes(), 0
                if wanted := self.headers.get("Range"):
                    portal.ranges.append(wanted)
                    start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                self.send_response(206 if start else 200)
                self.send_header("Content-Type", "application/octet-stream")
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
                self.send_header("Content-Length", str(len(data) - start))
                self.end_headers()
                if path.suffix == ".onnx" and portal.cuts:
                    self.wfile.write(data[start : start + portal.cuts.pop(0)])
                    self.wfile.flush()
                    self.connection.shutdown(2)
                    self.close_connection = True
                elif path.suffix == ".onnx" and portal.stall.is_set():
                    self.wfile.write(data[: len(data) // 2])
                    self.wfile.flush()
                    portal.stalled.set()
                    portal.go_on.wait()
                else:
                    self.wfile.write(data[start:])

            def signed(self, body: bytes) -> bool:
                try:
                    nodeauth.verify(
                        portal.public,
                        method=self.command,
                        path=self.path,
                        time=self.headers[nodeauth.TIME],
                        signature=self.headers[nodeauth.SIGNATURE],
                        body=body,
                        now=datetime.now(UTC),
                    )
                except nodeauth.NodeNotKnown:
                    self.answer(401)
                    return False
                return True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if portal.away:
                    self.answer(503)
                    return
                if not self.path.endswith(portal.unsigned) and not self.signed(body):
                    return
                status, delivery, said = portal.take(self.path, body)
                if portal.swallow:
                    self.close_connection = True
                    self.connection.shutdown(2)
                else:
                    self.said(status, delivery, said)

            do_PUT = do_POST

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        return Handler
