"""One process of the table while it runs: started in a group of its own, asked, ended, started again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections import deque

from django.conf import settings

from mlops_portal.above.serve.processes import Process
from mlops_portal.above.serve.supervision import logfiles

DEATHS = 5
WITHIN = 60.0  # seconds
AGAIN, LONGEST = 10.0, 300.0  # seconds until a part that failed is tried again: the first pause, the longest


class Child:
    """``pid`` also names the process group; ``ready`` holds from the first positive answer until it ends."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.name = process.name
        self.ready = False
        self.failed = 0  # tries since it died too often; 0 once it has lived for WITHIN
        self.seconds = 0.0
        self._popen: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._asked = 0.0
        self._begun = time.monotonic()
        self._deaths: deque[float] = deque(maxlen=20)

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen else None

    def start(self) -> int:
        log = logfiles.open_for(self.name)
        try:
            self._since = time.time()
            self._begun = time.monotonic()
            # A session of its own: a closed terminal and Ctrl-C reach the supervisor alone.
            self._popen = subprocess.Popen(
                self.process.argv,
                cwd=settings.BASE_DIR,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.process.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        finally:
            os.close(log)
        return self._popen.pid

    def became_ready(self, now: float) -> bool:
        """Ask once in a fifth of a second; True at the moment when the answer turns."""
        if self.ready or self._popen is None or now - self._asked < 0.2:
            return False
        self._asked = now
        if self.process.restart:
            self.ready = self.process.ready is None or self.process.ready(self._since)
        self.seconds = time.monotonic() - self._begun
        return self.ready

    def waited(self, now: float) -> float:
        return now - self._begun

    def ended(self) -> int | None:
        """The exit code (negative: the signal) once it has ended; what its group left behind is killed."""
        code = self._popen.poll() if self._popen else None
        if code is not None and self._popen:
            _signal_group(self._popen.pid, signal.SIGKILL)
            self.seconds = time.monotonic() - self._begun
            self._popen = None
            self.ready = code == 0 and not self.process.restart
        return code

    def pause(self, now: float) -> float:
        """Seconds before the next start after a death, doubling; ``failed`` counts on after too many."""
        self.recovered(now)
        self._deaths.append(now)
        recent = sum(now - death < WITHIN for death in self._deaths)
        if not self.failed and recent < DEATHS:
            return 0.25 * 2**recent
        self.failed += 1
        return float(min(LONGEST, AGAIN * 2 ** (self.failed - 1)))

    def recovered(self, now: float) -> bool:
        """Whether it failed before and has lived long enough since; true once."""
        if not self.failed or self.waited(now) <= WITHIN:
            return False
        self.failed = 0
        return True

    def ask_to_end(self) -> None:
        """SIGTERM to the leader alone: it ends its own children in its own order."""
        if self._popen:
            self._popen.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        if self._popen:
            _signal_group(self._popen.pid, signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    # macOS answers EPERM for a group of zombies
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
