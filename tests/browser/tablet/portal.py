"""The web process alone, on the database of the tests: it can be killed and started again within a test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from mlops_portal.environment import BASE_DIR
from tests import ground
from tests.browser.stack import FROM_OUTSIDE

SECONDS_TO_START = 60
COLLECT = (
    "import django; django.setup()\n"
    "from mlops_portal.above.serve.prepare import collect_static\n"
    "(django.conf.settings.VAR_DIR / 'run').mkdir(parents=True, exist_ok=True)\n"
    "collect_static()"
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Portal:
    """``url`` is where it answers; ``kill`` is a power cut, ``start`` comes back at the same address."""

    database: str
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"  # a service worker needs this name

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
        kept.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        own = {"VAR_DIR": str(ground.VAR_DIR), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return {**kept, **own, "DATABASE_URL": f"sqlite:///{self.database}"}

    def collect(self) -> None:
        subprocess.run([sys.executable, "-c", COLLECT], cwd=BASE_DIR, env=self.environment, check=True)

    def start(self) -> None:
        with (ground.VAR_DIR / "tablet-portal.txt").open("ab") as said:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "uvicorn", "mlops_portal.asgi:application"),
                    *("--host", "127.0.0.1", "--port", str(self.port), "--no-access-log"),
                ],
                cwd=BASE_DIR,
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((ground.VAR_DIR / "tablet-portal.txt").read_text()[-4000:])
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                status: int = answer.status
                return status == 200
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
