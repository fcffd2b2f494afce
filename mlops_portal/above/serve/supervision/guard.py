"""The supervisor's side of ``watcher.py``."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from mlops_portal.above.serve.supervision.lock import RunLock


class Guard:
    """Tells the watcher which process groups live; starts it again should somebody end it."""

    def __init__(self, lock: RunLock) -> None:
        self._lock = lock
        self._groups: set[int] = set()
        self._watcher = self._started()

    def add(self, group: int) -> None:
        self._groups.add(group)
        self._tell(f"+{group}")

    def drop(self, group: int) -> None:
        self._groups.discard(group)
        self._tell(f"-{group}")

    def keep(self) -> None:
        if self._watcher.poll() is not None:
            self._watcher = self._started()
            for group in self._groups:
                self._tell(f"+{group}")

    def close(self) -> None:
        """Every group is gone; the watcher ends with its input."""
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        self._watcher.wait()

    def _started(self) -> subprocess.Popen[str]:
        watcher = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("watcher.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[self._lock.fileno()],
            start_new_session=True,
            text=True,
            bufsize=1,
        )
        assert watcher.stdin is not None
        self._input = watcher.stdin
        return watcher

    def _tell(self, line: str) -> None:
        # A broken pipe: somebody ended it; keep() starts another and tells it everything.
        with contextlib.suppress(BrokenPipeError):
            self._input.write(line + "\n")
