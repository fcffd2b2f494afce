"""The real thing, started once: ``manage.py serve`` with the demo plant on a free port and its own files."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mlops_portal.environment import BASE_DIR

SECONDS_TO_START = 240
SECONDS_TO_END = 40
QUICK = {"DEMO_SPEED": "40", "DEMO_WINDOW": "20"}  # a plant in a hurry
FROM_OUTSIDE = (
    "DATABASE_URL",
    "REDIS_URL",
    "MLFLOW_TRACKING_URI",
    "STORAGE_URL",
    "PUBLIC_URL",
    "ALLOWED_HOSTS",
    "PORT",
)


def free_ports() -> int:
    """A port that is free together with the next two (the MLflow server's and the camera's)."""
    for _attempt in range(50):
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port
    raise RuntimeError("no three free ports in a row")


def left_behind(var_dir: Path) -> list[str]:
    """The processes that still run on these files; their environment names the folder."""
    mark = f"VAR_DIR={var_dir}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(
                    f"{process.name}: {(process / 'cmdline').read_bytes().decode().replace(chr(0), ' ')}"
                )
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return found


@dataclass
class Stack:
    """``url`` is where it answers; ``manage`` runs a command on the same files."""

    var_dir: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="portal-stack-")))
    port: int = field(default_factory=free_ports)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"  # passkeys need this name; 127.0.0.1 will not do

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        return {
            **kept,
            "VAR_DIR": str(self.var_dir),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **QUICK,
        }

    @property
    def said(self) -> str:
        return (self.var_dir / "said.txt").read_text(encoding="utf-8", errors="replace")[-8000:]

    def manage(self, *arguments: str) -> str:
        """Run ``manage.py`` with these arguments; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @cached_property
    def passwords(self) -> dict[str, str]:
        """User name → password of the demo's people."""
        script = (
            "import json\nfrom mlops_portal.above.demo.accounts import sign_ins\n"
            "print(json.dumps([list(map(str, one[:2])) for one in sign_ins()]))"
        )
        pairs: list[tuple[str, str]] = json.loads(
            self.manage("shell", "--no-imports", "-c", script).splitlines()[-1]
        )
        return dict(pairs)

    def start(self) -> None:
        with (self.var_dir / "said.txt").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port)],
                cwd=BASE_DIR,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"The stack ended (exit {self.process.returncode}) and said:\n{self.said}")
            if time.monotonic() > deadline:
                self.end()
                raise RuntimeError(
                    f"The stack was not ready after {SECONDS_TO_START} s and said:\n{self.said}"
                )
            time.sleep(0.3)

    def _ready(self) -> bool:
        """Whether it has printed its address and the demo's sign-ins, and its parts are sound."""
        if f"  {self.url}" not in self.said:
            return False
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=3) as answer:
                status: int = answer.status
                return status == 200
        except (urllib.error.URLError, OSError):
            return False

    def end(self) -> list[str]:
        """Ask it to end; returns the processes that it left behind (and ends those)."""
        if self.process is None:
            return []
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        left = left_behind(self.var_dir)
        for one in left:
            os.kill(int(one.partition(":")[0]), signal.SIGKILL)
        return left


def problems(answer: dict[str, Any]) -> str:
    """What axe found, readable: the rule, how bad it is, and where."""
    return "\n".join(
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n"
        + "\n".join(f"    {node['target']}: {node['failureSummary']}" for node in rule["nodes"][:5])
        for rule in answer["violations"]
    )
