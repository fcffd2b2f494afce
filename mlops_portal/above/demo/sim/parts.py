"""What leaves a machine: the part as everybody sees it, and the truth that only the simulator knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its genealogy and readings; ``stamped`` is the machine's own clock [s since 1970]."""

    id: str
    asset: str
    stamped: float
    shift: str
    lot: str
    recipe: str
    tool: str
    readings: dict[str, float | None]

    @property
    def time(self) -> datetime:
        """When the machine says that it made the part (UTC)."""
        return datetime.fromtimestamp(self.stamped, UTC)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is really wrong with a part, and how many minutes after ``made`` an inspection can tell.

    ``state`` holds the true values behind the readings, ``chances`` the probability of every class.
    """

    part: str
    defect: str
    made: float
    delay: float
    state: dict[str, float]
    chances: dict[str, float]
