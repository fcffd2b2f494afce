"""What a fault run would leave where it is killed itself: processes, and disks over loop devices.

- ``Watch`` starts a watcher, alone in a session of its own, which reads its standard input; only the run has
  the other end. At its end, however the run ended, whatever is left of it is ended and unmounted.
- Where the watcher was killed too, the next run finds the note of the first, and does it (``sweep_orphans``).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from mlops_portal.environment import BASE_DIR

NOTES = BASE_DIR / "var" / "soak"
OURS = (b"VAR_DIR=", b"SOAK_NODE=")  # in the environment of a portal's parts, and of an agent
WITHIN = 20.0  # seconds


class Watch:
    """From the first file of a run in ``folder`` to its end."""

    def __init__(self, folder: Path, notes: Path = NOTES) -> None:
        notes.mkdir(parents=True, exist_ok=True)
        self._note = notes / f"{os.getpid()}.json"
        self._note.write_text(json.dumps({"folder": str(folder), "began": _began(os.getpid())}))
        self._watcher = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder), str(self._note)],
            cwd=BASE_DIR, stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def close(self) -> None:
        """Let the watcher look once more, and end."""
        assert self._watcher.stdin is not None
        self._watcher.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._watcher.wait(2 * WITHIN)


def sweep_orphans(notes: Path = NOTES) -> list[Path]:
    """Sweep the folders of runs that ended without it; which."""
    swept = []
    for note in sorted(notes.glob("*.json")):
        try:
            said = json.loads(note.read_text())
            folder, began = Path(said["folder"]), said["began"]
        except (OSError, ValueError, KeyError, TypeError):  # killed while it was written: nothing began yet
            note.unlink(missing_ok=True)
            continue
        if began and began == _began(int(note.stem)):
            continue
        sweep(folder)
        note.unlink(missing_ok=True)
        swept.append(folder)
    return swept


def sweep(folder: Path) -> None:
    """End every process that runs on files below ``folder``, unmount what is mounted there, drop images."""
    until = time.monotonic() + WITHIN
    while (left := list(processes(folder))) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    for at in mounts(folder):
        for command in (["umount", str(at)], ["umount", "--lazy", str(at)]):
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                break
    if not mounts(folder):
        for image in folder.glob("*.ext4"):
            image.unlink(missing_ok=True)


def processes(folder: Path) -> Iterator[int]:
    """Those whose environment names a folder below this one; a run itself and its watcher do not."""
    marks = tuple(one + os.fsencode(folder) + b"/" for one in OURS)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile, or belongs to somebody else
            if any(one.startswith(marks) for one in (process / "environ").read_bytes().split(b"\0")):
                yield int(process.name)


def mounts(folder: Path) -> list[Path]:
    """Where something is mounted below ``folder``, the last one first."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
        at = [Path(line.split()[4].replace("\\040", " ")) for line in lines]
        return [one for one in reversed(at) if folder in one.parents]
    return []


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine did; "" where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def main(folder: str, note: str) -> None:
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    sweep(Path(folder))
    Path(note).unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
