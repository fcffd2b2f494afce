"""One edge node: its agent as a process, on a disk, behind a proxy and under a clock of its own.

The clock is libfaketime's, which the dynamic linker puts before the agent; nothing in the agent knows of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from mlops_portal.environment import BASE_DIR
from tests.edge_agent.liar import LyingProxy
from tests.soak.disks import Disk

CLOCKS = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)
MEGABYTES = 96
PAUSE = 2.0  # seconds before an agent that ended is started again


def clock_library() -> str:
    """Where libfaketime lies, or ""."""
    return next((one for one in CLOCKS if Path(one).exists()), "")


class SoakNode:
    """``keep`` starts the agent again whenever it ended, as a service manager does."""

    def __init__(self, slug: str, demo_home: Path, work: Path, portal: str) -> None:
        self.slug, self._work = slug, work
        self.disk = Disk(work / slug, MEGABYTES)
        self.home = self.disk.folder / "home"
        self.proxy = LyingProxy(portal)
        self.feeds = work / "feeds" / slug
        self.feeds.mkdir(parents=True)
        shutil.copytree(demo_home, self.home)
        settings = json.loads((demo_home / "agent.json").read_text())
        self.assets: list[str] = sorted(settings["assets"])
        settings |= {"portal": self.proxy.url, "feed": str(self.feeds), "camera": "", "interval_s": 3.0}
        (self.home / "agent.json").write_text(json.dumps(settings, indent=2))
        self._offset = work / f"{slug}.clock"
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted, self._due = False, 0.0
        self.jump(0)

    # ---- the process ----

    @property
    def environment(self) -> dict[str, str]:
        found = {**os.environ, "PYTHONUNBUFFERED": "1", "SOAK_NODE": str(self._work / self.slug)}
        if library := clock_library():
            found |= {
                "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self._offset),
                "FAKETIME_CACHE_DURATION": "1", "DONT_FAKE_MONOTONIC": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
            }  # fmt: skip
        return found

    def start(self) -> None:
        self._wanted = True
        with (self._work / f"{self.slug}.said").open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edge_sync.agent", "--home", str(self.home)],
                cwd=BASE_DIR, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def keep(self) -> None:
        if not self._wanted or self._process is None or self._process.poll() is None:
            return
        if not self._due:
            self._due = time.monotonic() + PAUSE
        elif time.monotonic() >= self._due:
            self._due = 0.0
            self.start()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.alive else None

    def send(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            self._process.send_signal(number)

    def kill(self, *, again: bool = True) -> None:
        """``kill -9``, and wait until it is gone; with ``again`` it is started again by ``keep``."""
        self._wanted = again
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end(self, within: float = 40.0) -> int | None:
        """Ask it to end; its exit code, None where it had to be killed."""
        self._wanted = False
        if self._process is None:
            return 0
        self.send(signal.SIGTERM)
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None

    def close(self) -> None:
        self.end(5)
        self.proxy.close()
        self.disk.close()

    # ---- its clock ----

    def jump(self, seconds: float) -> None:
        """From the real time by so much; 0 is right again. Written in one step: it is read all the time."""
        made = self._offset.with_suffix(".new")
        made.write_text(f"{seconds:+.0f}\n")
        made.replace(self._offset)

    # ---- looking ----

    def status(self) -> dict[str, Any]:
        """What the agent's own command says; {} where it cannot."""
        done = subprocess.run(
            [sys.executable, "-m", "edge_sync.agent", "--home", str(self.home), "status"],
            cwd=BASE_DIR, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        try:
            found: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            return {}
        return found

    def waits(self) -> dict[str, int]:
        """Rows of the agent's own store that have not arrived, by table; {"store": 1} where unreadable."""
        asked = {
            "items": "SELECT count(*) FROM items",
            "batches": "SELECT count(*) FROM batches",
            "reports": "SELECT count(*) FROM reports",
            "parked": "SELECT count(*) FROM parked_deliveries WHERE left = ''",
            "windows": "SELECT count(*) FROM open_windows",
        }
        try:
            with self._store() as db:
                return {name: int(db.execute(query).fetchone()[0]) for name, query in asked.items()}
        except sqlite3.Error:
            return {"store": 1}

    def chosen_rows(self, since: datetime) -> list[str]:
        """Ids of the rows that the node chose to send, as far as its store reaches back."""
        query = "SELECT id FROM kept_rows WHERE sent = 1 AND at >= ?"
        try:
            with self._store() as db:
                return [one for (one,) in db.execute(query, (since.timestamp(),))]
        except sqlite3.Error:
            return []

    def _store(self) -> contextlib.closing[sqlite3.Connection]:
        path = self.home / "agent.sqlite3"
        return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10))
