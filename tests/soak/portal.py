"""The portal under test: ``manage.py serve`` on files and ports of its own, started again whenever it ended.

The plant's feeds and nodes are not among its parts here: they are other computers, and outlive it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from mlops_portal.environment import BASE_DIR
from tests.browser.stack import FROM_OUTSIDE, left_behind
from tests.soak.feeder import WINDOW

START_WITHIN = 300.0
PARTS = ("web", "worker", "learner", "scheduler", "broker", "mlflow")


class Portal:
    """``url`` is where people and proxies reach it; ``ended`` counts ends that no fault asked for."""

    def __init__(self, var_dir: Path, port: int, said: Path) -> None:
        self.var_dir, self.port, self._said = var_dir, port, said
        self.url = f"http://localhost:{port}"
        self.ended: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted = False

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        return kept | {
            "VAR_DIR": str(self.var_dir), "PORT": str(self.port), "PYTHONUNBUFFERED": "1",
            "DEMO_WINDOW": str(WINDOW),
        }  # fmt: skip

    def manage(self, *arguments: str, seconds: float = 600) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip

    # ---- as a service manager would keep it ----

    def start(self) -> None:
        self._wanted = True
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--no-demo"],
                cwd=BASE_DIR, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def keep(self) -> None:
        """Start it again where it ended."""
        if not self._wanted or self._process is None or self._process.poll() is None:
            return
        if self._process.returncode != -signal.SIGKILL:
            self.ended.append(f"exit {self._process.returncode}: {self._last_words()}")
        self.start()

    def _last_words(self) -> str:
        said = self._said.read_text(encoding="utf-8", errors="replace")
        return next((one for one in reversed(said.splitlines()) if one.strip()), "")[:300]

    def end(self, within: float = 60.0) -> int | None:
        """Ask it to end; its exit code, None where it had to be killed."""
        self._wanted = False
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None

    def left(self) -> list[str]:
        return left_behind(self.var_dir)

    # ---- looking ----

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError, ValueError):
            return False

    def until_ready(self, seconds: float = START_WITHIN) -> float | None:
        """Seconds until it was ready, None where it was not in time."""
        begun = time.monotonic()
        while not self.ready():
            self.keep()
            if time.monotonic() - begun > seconds:
                return None
            time.sleep(0.5)
        return time.monotonic() - begun

    def pid(self, part: str) -> int | None:
        """Of a part, or of the supervisor; None while it does not run."""
        if part == "supervisor":
            return self._process.pid if self._process and self._process.poll() is None else None
        with contextlib.suppress(OSError, ValueError, KeyError):
            note: dict[str, Any] = json.loads((self.var_dir / "run" / "serve.json").read_text())
            return int(note["processes"][part])
        return None

    def send(self, part: str, number: signal.Signals) -> int | None:
        """Send a signal to a part alone; its process, None where it does not run."""
        pid = self.pid(part)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid
