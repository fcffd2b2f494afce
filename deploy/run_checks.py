"""What CI runs before the tests, two at a time; all checks run even when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

PRODUCTION = {
    "PORTAL_PROFILE": "production",
    "SECRET_KEY": "only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "CHECKPOINT_KEY": "only for the check",
    "DATABASE_URL": "postgres://portal@database.invalid/portal",
    "REDIS_URL": "redis://broker.invalid:6379/0",
    "MLFLOW_TRACKING_URI": "https://mlflow.invalid",
    "STORAGE_URL": "s3://portal",
    "PUBLIC_URL": "https://portal.invalid",
}


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as two:
        checks: list[tuple[str, list[str], dict[str, str]]] = [
            ("types", [str(BIN / "mypy")], {}),  # first, because it takes as long as the others together
            ("formatting", [str(BIN / "ruff"), "format", "--check", "."], {}),
            ("lint", [str(BIN / "ruff"), "check", "."], {}),
            ("layers", [str(BIN / "lint-imports")], {}),
            ("migrations", manage("makemigrations", "--check", "--dry-run"), {}),
            ("texts", manage("messages", "--check"), {}),
            ("settings, embedded", manage("check"), {}),
            (
                "settings, production",
                manage("check", "--deploy", "--fail-level", "WARNING"),
                PRODUCTION,
            ),
        ]
        passed = two.map(lambda one: _passes(*one, var_dir=Path(folder) / one[0]), checks)
        failed = [name for (name, *_), well in zip(checks, passed, strict=True) if not well]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _passes(name: str, command: list[str], environ: dict[str, str], *, var_dir: Path) -> bool:
    """Prints one line, and what the tool said when it fails."""
    begun = time.monotonic()
    var_dir.mkdir()
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environ | {"VAR_DIR": str(var_dir)}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    passed = done.returncode == 0
    line = f"{name:<22} {'ok' if passed else 'FAILED':<7} {time.monotonic() - begun:5.1f} s"
    print(line if passed else f"{line}\n{done.stdout}", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())
