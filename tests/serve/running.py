"""``manage.py serve`` as a person starts it, with files of its own; the tests read what it prints."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlops_portal.environment import BASE_DIR
from tests import databases
from tests.browser.stack import FROM_OUTSIDE, free_ports, left_behind

WHOLE = ("--no-demo", "--without", "mlflow")
FEW = (*WHOLE, "--without", "worker", "--without", "learner", "--without", "scheduler")  # broker and web


class Run:
    """One run at a time on ``var_dir``; ``start`` may be called again after it has ended.

    ``migrate`` spares it the six seconds of a new database; the browser's tests start from nothing.
    """

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        self.output = var_dir.with_suffix(".said")
        self.port = free_ports()
        self.process: subprocess.Popen[bytes] | None = None

    def migrate(self) -> Run:
        self.var_dir.mkdir()
        shutil.copyfile(databases.template(), self.var_dir / "portal.sqlite3")
        return self

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def note(self) -> dict[str, Any]:
        note: dict[str, Any] = json.loads((self.var_dir / "run" / "serve.json").read_text())
        return note

    def pid(self, part: str) -> int:
        return int(self.note["processes"][part])

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", *arguments],
                cwd=BASE_DIR,
                env={**environ, "VAR_DIR": str(self.var_dir), "PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def start(self, parts: tuple[str, ...] = WHOLE) -> Run:
        """Returns when it has printed its address."""
        self.begin(*parts)
        self.until(lambda: "Ctrl-C ends everything." in self.said, "the address to be printed")
        return self

    def refused(self, *arguments: str) -> str:
        """Start it where it cannot; returns what it said, after it ended with an error."""
        code = self.begin(*FEW, *arguments).wait(60)
        assert code == 1, f"exit {code}: {self.said}"
        return self.said

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(40)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=3) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def left(self) -> list[str]:
        return left_behind(self.var_dir)

    def until(self, condition: Callable[[], object], awaited: str, seconds: float = 150) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s for {awaited}; it said:\n{self.said}"
            time.sleep(0.05)

    def clean(self) -> None:
        if self.process and self.alive:
            self.process.kill()
            self.process.wait()
        self.until(lambda: not self.left(), "all processes to be gone")
