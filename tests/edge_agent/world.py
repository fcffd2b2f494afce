"""One node, one line, one press, and the people who approve: everything real but small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from edge_sync.agent.agent import Agent
from edge_sync.agent.disk import keys
from edge_sync.agent.disk.aside import Aside
from edge_sync.agent.preparing import settings
from mlops_portal.foundation.wire import golden, release, spec
from tests.edge_agent import models
from tests.edge_agent.portal import FakePortal
from tests.edge_agent.repository import LINE, TufRepository
from tests.wire.samples import QUALITY, make_roster, make_statement

HERE = Path(__file__).parents[2]
WINDOW = 60


def sha(data: bytes) -> str:
    return sha256(data).hexdigest()


class World:
    """``now`` is real time at the start; tests move it on with ``later``."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.home = folder / "node"
        self.repository = TufRepository(folder / "tuf")
        self.portal = FakePortal(folder / "tuf")
        self.feed = folder / "feed" / "press-3.jsonl"
        self.feed.parent.mkdir()
        self.home.mkdir()
        (self.home / "root.json").write_bytes(self.repository.root)
        self.settings: dict[str, Any] = {
            "portal": self.portal.url,
            "node": "node-2",
            "line": LINE,
            "assets": {"press-3": "press"},
            "feed": str(self.feed.parent),
            "root": "root.json",
            "key_file": "node.key",
            "interval_s": 0.05,
            "poll_s": 0.02,
            "health_parts": 10,
        }
        self.write_config()
        self.portal.time_key = self.repository.keys["timestamp"]
        self.portal.public = bytes.fromhex(keys.public_hex(keys.load_or_make(self.home / "node.key")))
        self.put_roster()
        self.repository.publish()
        self.agent: Agent | None = None
        self.jumped = 0.0
        self._parts = 0

    def write_config(self, **changes: Any) -> None:
        self.settings |= changes
        (self.home / "agent.json").write_text(json.dumps(self.settings), encoding="utf-8")

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """The node's clock steps; no time passes."""
        self.now += timedelta(seconds=seconds)
        self.jumped += seconds

    # ---- the portal's side ----

    def roster(self, **changes: Any) -> bytes:
        said = {"expires": self.now + timedelta(days=30)} | changes
        return json.dumps(make_roster(**said)).encode()

    def put_roster(self, **changes: Any) -> None:
        self.repository.put(f"roster/{LINE}.json", self.roster(**changes))

    def golden(self, *, tolerance: float = 0.7) -> bytes:
        samples = [
            {
                "code": f"G-{force}",
                "readings": {"force": force, "power": 23.0},
                "truth": truth,
                "tolerance": tolerance,
                "safety": truth == "crack",
            }
            for force, truth in ((790, "ok"), (820, "crack"))
        ]
        return golden.build(model="press", samples=samples)[0]

    def spec(self, artifact: bytes, version: int, **changes: Any) -> bytes:
        rows, _truth = models.data()
        features = [
            {
                "key": key,
                "unit": unit,
                "low": None,
                "high": None,
                "edges": [float(rows[:, column].min()), float(middle), float(rows[:, column].max())],
                "categories": [],
            }
            for column, (key, unit, middle) in enumerate((("force", "kN", 800.0), ("power", "kW", 23.0)))
        ]
        said = {
            "model": "press",
            "version": version,
            "artifact": sha(artifact),
            "artifact_size": len(artifact),
            "features": features,
            "classes": models.CLASSES,
            "window_seconds": WINDOW,
        }
        return spec.build(**(said | changes))

    def statement(self, artifact: bytes, number: int, *, fallback: str = "", **changes: Any) -> bytes:
        said = {
            "model": f"press/{number}",
            "artifact": sha(artifact),
            "targets": {"press-3": number},
            "fallback": fallback,
            "spec": sha(self.spec(artifact, number)),
            "golden": sha(self.golden()),
            "time": self.now - timedelta(minutes=5),
            "not_after": self.now + timedelta(days=7),
            "nonce": f"nonce {number}",
        }
        return make_statement(QUALITY, **(said | changes))

    def release(
        self,
        artifact: bytes,
        number: int,
        *,
        fallback: str = "",
        signed: release.Signed | None = None,
        publish: bool = True,
        spec: bytes | None = None,
        **descriptor: Any,
    ) -> release.Signed:
        """Publish a release as the portal does, with a valid approval unless ``signed`` is another."""
        described = spec or self.spec(artifact, number)
        payload = self.statement(artifact, number, fallback=fallback, spec=sha(described))
        one = signed or release.Signed(payload, QUALITY.sign(payload))
        said: dict[str, Any] = {
            "line": LINE,
            "asset": "press-3",
            "number": number,
            "artifact": sha(artifact),
            "artifact_size": len(artifact),
            "spec": sha(described),
            "golden": sha(self.golden()),
            "fallback": fallback,
            "statements": [one.digest],
        } | descriptor
        for name, data in (
            (f"{said['artifact']}.onnx", artifact),
            (f"{sha(described)}.spec.json", described),
            (f"{sha(self.golden())}.golden.json", self.golden()),
            (f"{one.digest}.statement.json", release.signed_file(one.statement, one.envelope)),
            ("press-3.json", release.build(**said)),
        ):
            self.repository.put(f"lines/{LINE}/{name}", data)
        if publish:
            self.repository.publish()
        return one

    # ---- the machine's side ----

    def parts(self, count: int, *, force: float | None = None, lot: str = "L1", **changes: Any) -> None:
        """Write readings into the feed, one a second, ending now."""
        draw = models.data(7, 4000)[0]
        with self.feed.open("a", encoding="utf-8") as file:
            for index in range(count):
                self._parts += 1
                row = draw[self._parts % 4000]
                record = {
                    "part": f"P-{self._parts}",
                    "asset": "press-3",
                    "at": (self.now - timedelta(milliseconds=count - index)).isoformat(),
                    "lot": lot,
                    "recipe": "std",
                    "tool": "7",
                    "readings": {"force": force or float(row[0]), "power": float(row[1])},
                } | changes
                file.write(json.dumps(record) + "\n")

    # ---- the node's side ----

    def start(self) -> Agent:
        aside = Aside(self.now)
        self.agent = Agent(
            settings(self.home, aside), aside=aside, steady=lambda: self.now.timestamp() - self.jumped
        )
        self.agent.start(self.now)
        return self.agent

    def end(self) -> None:
        if self.agent:
            self.agent.close()
            self.agent = None

    def restart(self) -> Agent:
        self.end()
        return self.start()

    def judge(self) -> None:
        """Until the feed is read to its end."""
        assert self.agent
        while self.agent.judge(self.now):
            pass

    def exchange(self) -> None:
        assert self.agent
        self.agent.exchange(self.now)

    def running(self) -> int | None:
        assert self.agent
        found = self.agent.stations["press-3"].running
        return found.installed.number if found else None

    def last_report(self) -> dict[str, Any]:
        return self.portal.reports[max(self.portal.reports)]

    # ---- a node of its own process ----

    def process(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "edge_sync.agent", "--home", str(self.home)],
            cwd=HERE,
            env={"PATH": os.environ["PATH"]},
            stderr=(self.home / "log").open("ab"),
        )


def wait_until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    """Look again until ``condition`` holds; AssertionError where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
