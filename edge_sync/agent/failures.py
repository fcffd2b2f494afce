"""What fails again and again is tried again with growing pauses, and holds up nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable

SHORTEST, LONGEST = 0.5, 60.0


class Failures:
    """By name: how often it failed in a row, and when it is due again."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._count: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def due(self, name: str) -> bool:
        return self._steady() >= self._due.get(name, float("-inf"))

    def add(self, name: str) -> float:
        """It failed once more; the pause in seconds."""
        count = self._count[name] = self._count.get(name, 0) + 1
        pause = min(LONGEST, SHORTEST * 2 ** min(count - 1, 10))
        self._due[name] = self._steady() + pause
        return pause

    def clear(self, name: str) -> None:
        if name in self._count:
            del self._count[name], self._due[name]
