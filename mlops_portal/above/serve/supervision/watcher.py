"""Ends the parts when the supervisor was killed and could not do it itself.

Runs alone, on the standard library, in a session of its own. Reads lines from its standard input, whose
other end only the supervisor holds: ``+PID`` when a part was started (each leads a process group),
``-PID`` when its group is gone. At the end of the input whatever is left is asked to end, and killed after
``GRACE`` seconds. It also holds the run's lock, so that nobody starts on the data before all have ended.
"""

import os
import signal
import sys
import time
from collections.abc import Callable

GRACE = 5


def main() -> None:
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        _send(os.kill, group, signal.SIGTERM)
    until = time.monotonic() + GRACE
    while any(_send(os.killpg, group, 0) for group in groups) and time.monotonic() < until:
        time.sleep(0.05)
    for group in groups:
        _send(os.killpg, group, signal.SIGKILL)


def _send(send: Callable[[int, int], None], target: int, number: int) -> bool:
    try:
        send(target, number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
