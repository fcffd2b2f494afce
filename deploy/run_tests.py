"""All tests on the embedded profile, then those marked ``services`` again on PostgreSQL and Redis.

The services are TEST_DATABASE_URL and TEST_REDIS_URL, or what answers on this machine's usual ports.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    if not any(shutil.which(name) for name in BROWSERS):
        _install_chromium()
    failed = _pytest(
        "Embedded profile: SQLite and the embedded broker",
        {},
        ["-n", "auto", "--durations=12", "--ignore=tests/browser", *arguments],
    )
    # One stack and one Chromium for all of them: side by side with the rest they would starve each other.
    failed |= _pytest("The browser, on the real thing", {}, ["-n", "0", "tests/browser", *arguments])
    services = _services()
    if services:
        failed |= _pytest(
            "Production's services: PostgreSQL and Redis", services, ["-m", "services", *arguments]
        )
    else:
        sentence = (
            "PostgreSQL and Redis were not found, so the tests that repeat there did not run; "
            "set TEST_DATABASE_URL and TEST_REDIS_URL, or use .ci/run."
        )
        print(sentence, file=sys.stderr)
        failed |= os.environ.get("CI", "") in ("true", "1")
    return 1 if failed else 0


def _pytest(title: str, environ: dict[str, str], arguments: list[str]) -> bool:
    """True when a test failed; that none was selected (5) is no failure, as with ``-k`` in the second run."""
    print(f"== {title}", flush=True)
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=clean | environ, check=False
    ).returncode
    return code not in ((0, 5) if "-k" in arguments else (0,))


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
