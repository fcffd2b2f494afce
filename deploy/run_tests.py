"""All tests: on the embedded profile, on the real thing with a browser, and on PostgreSQL and Redis.

- The browser, and what starts and kills portals, wait more than they work, so they have the time of all
  others, one after the other. What they say comes after.
- Those marked ``services`` run again on TEST_DATABASE_URL and TEST_REDIS_URL, or on what answers on this
  machine's usual ports; only the files that hold one are read.
- ``--fast``: without browser, services, a started portal and whatever is marked slow.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
APART = ("-m", "not stack", "-n", "auto", "--ignore=tests/browser")
FAST = ("-m", "not stack and not slow", "-n", "auto", "--ignore=tests/browser")
# pytest keeps the tests that it rewrote as bytecode; without it each process rewrites six hundred files.
FROM_OUTSIDE = ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
STARTED = ("-n", "0", "-m", "stack", "tests/browser", "tests/serve", "tests/acceptance/test_martel.py")


def main(arguments: list[str]) -> int:
    if "--fast" in arguments:
        arguments.remove("--fast")
        return _ended(_pytest("Embedded profile, without what is slow", [*FAST, *arguments]), arguments)
    if not any(shutil.which(name) for name in BROWSERS):
        _install_chromium()
    with tempfile.TemporaryFile() as started_said:
        started = _pytest("", [*STARTED, *arguments], output=started_said)
        apart = _pytest("Embedded profile: SQLite and the embedded broker", [*APART, *arguments])
        failed = _ended(apart, arguments)
        services = _services()
        if services:
            again = _pytest(
                "Production's services: PostgreSQL and Redis",
                ["-m", "services", *_repeating(), *arguments],
                services,
            )
            failed |= _ended(again, arguments)
        else:
            sentence = (
                "PostgreSQL and Redis were not found, so the tests that repeat there did not run; "
                "set TEST_DATABASE_URL and TEST_REDIS_URL, or use .ci/run."
            )
            print(sentence, file=sys.stderr)
            failed |= os.environ.get("CI", "") in ("true", "1")
        failed |= _ended(started, arguments)
        _say("The browser and the supervisor, on started portals", started_said)
    return int(failed)


def _repeating() -> list[str]:
    """The files with a test that repeats on the services; reading all others takes longer."""
    return sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if "pytest.mark.services" in path.read_text(encoding="utf-8")
    )


def _say(title: str, said: IO[bytes]) -> None:
    """What one that ran beside the others has said."""
    said.seek(0)
    print(f"== {title}", flush=True)
    shutil.copyfileobj(said, sys.stdout.buffer)
    sys.stdout.flush()


def _pytest(
    title: str,
    arguments: list[str],
    environ: dict[str, str] | None = None,
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    if title:
        print(f"== {title}", flush=True)
    clean = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=clean | (environ or {}), stdout=output, stderr=output and subprocess.STDOUT
    )


def _ended(process: subprocess.Popen[bytes], arguments: list[str]) -> bool:
    """True when a test failed; with ``-k`` it is none that a run selected nothing (5)."""
    return process.wait() not in ((0, 5) if "-k" in arguments else (0,))


def _install_chromium() -> None:
    """Debian's, as root; the browser's tests fail with a sentence of their own where it stays missing."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser's tests", flush=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["update"],
            ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
        ):
            subprocess.run(["apt-get", "--quiet", "--quiet", *command], env=quiet, check=False)
    if not any(shutil.which(name) for name in BROWSERS):
        print(
            "Chromium was not found and could not be installed; the browser's tests will fail.",
            file=sys.stderr,
        )


def _services() -> dict[str, str] | None:
    """Addresses of both; None when one is missing."""
    database, redis = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if not database and _listens(5432):
        database = f"postgres://{os.environ.get('USER', 'root')}@127.0.0.1:5432/postgres"
    if not redis and _listens(6379):
        redis = "redis://127.0.0.1:6379/15"
    return {"DATABASE_URL": database, "REDIS_URL": redis} if database and redis else None


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
