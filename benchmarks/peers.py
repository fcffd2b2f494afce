"""Peers in virtual environments of their own below benchmarks/.venvs, made on first use, one after another.

A peer that does not install is no fault of the run: its rows name the reason. Scripts of ``peer_scripts``
run in the peer's environment on a file and print one JSON object; the peers' telemetry is off.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.apart import ONE_THREAD

HERE = Path(__file__).resolve().parent
VENVS = HERE / ".venvs"
SCRIPTS = HERE / "peer_scripts"
INSTALL_SECONDS = 1200
QUIET = {
    "DO_NOT_TRACK": "1",
    "NML_DISABLE_USAGE_LOGGING": "1",
    "WHYLOGS_NO_ANALYTICS": "True",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """What pip installs, and what must import before it counts as installed."""

    packages: tuple[str, ...]
    imports: str


PEERS = {  # the second package of a pair is what the first one needs and does not ask for
    "river": Peer(("river>=0.22",), "river.drift"),
    "frouros": Peer(("frouros>=0.9",), "frouros.detectors.data_drift"),
    "whylogs": Peer(
        ("whylogs[viz]>=1.6", "pandas<3", "setuptools<81"), "whylogs.viz.drift.column_drift_algorithms"
    ),
    "evidently": Peer(("evidently>=0.7,<0.8", "pandas<3"), "evidently.presets"),
    "nannyml": Peer(("nannyml>=0.13", "statsmodels"), "nannyml"),
    "alibi-detect": Peer(
        ("alibi-detect>=0.13", "tensorflow-cpu<2.16", "tensorflow-probability<0.24"), "alibi_detect.cd"
    ),
}


class Absent(Exception):
    """The peer cannot be run here; the sentence says why."""


def python_of(name: str) -> Path:
    """The Python of the peer's environment, made when it is not there; Absent when it cannot be made."""
    venv = VENVS / name
    stamp, refused = venv / "installed", VENVS / f"{name}.refused"
    wanted = " ".join(PEERS[name].packages)
    with _alone():
        if stamp.is_file() and stamp.read_text() == wanted:
            return venv / "bin" / "python"
        if refused.is_file() and refused.read_text().partition("\n")[0] == wanted:
            raise Absent(refused.read_text().partition("\n")[2])
        try:
            _install(venv, PEERS[name])
        except Absent as absent:
            shutil.rmtree(venv, ignore_errors=True)
            refused.write_text(f"{wanted}\n{absent}")
            raise
        stamp.write_text(wanted)
        refused.unlink(missing_ok=True)
    return venv / "bin" / "python"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    VENVS.mkdir(exist_ok=True)
    folder = os.open(VENVS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _install(venv: Path, peer: Peer) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    print(f"Installing {peer.packages[0]} into {venv.relative_to(HERE.parent)}", file=sys.stderr, flush=True)
    python = str(venv / "bin" / "python")
    for command in (
        [sys.executable, "-m", "venv", str(venv)],
        [python, "-m", "pip", "install", "--quiet", "--prefer-binary", *peer.packages],
        [python, "-c", f"import {peer.imports}"],
    ):
        try:
            done = subprocess.run(
                command,
                env=os.environ | QUIET,
                text=True,
                capture_output=True,
                timeout=INSTALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Absent(f"did not install within {INSTALL_SECONDS // 60} minutes") from None
        if done.returncode:
            raise Absent(f"does not install: {_last(done.stderr)}")


def _last(text: str) -> str:
    """The line that says what was wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line and not line.startswith("[notice]")]
    return (errors or lines or ["no reason given"])[-1][:200]


def run(name: str, script: str, *arguments: str, seconds: float = 600) -> dict[str, Any]:
    """The JSON that ``peer_scripts/<script>.py`` prints in the environment of ``name``."""
    python = python_of(name)
    command = [str(python), str(SCRIPTS / f"{script}.py"), *arguments]
    try:
        done = subprocess.run(
            command,
            env=os.environ | QUIET | ONE_THREAD,
            text=True,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Absent(f"not finished after {seconds:.0f} s") from None
    if done.returncode:
        raise Absent(f"stopped: {_last(done.stderr)}")
    printed: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return printed


def main() -> int:
    """Make the environments of the peers that are named, or of all."""
    for name in sys.argv[1:] or PEERS:
        try:
            print(f"{name}: {python_of(name)}", flush=True)
        except Absent as absent:
            print(f"{name}: {absent}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
