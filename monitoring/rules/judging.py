"""When readings that were judged make an alert. Pure.

- Two keys: a statistic is over its limit, and the mean moved by at least the reading's tolerance.
- Persistence: both hold in ``persistence`` windows after one another.
- Neighbours: a window that begins longer than ``pause`` after the one before it ended is nobody's neighbour.
- Worse: a reading of an open alert that is ``worse`` times as far over its limit as when it was last told is
  told again, and one that outweighs the reading that leads by ``leads`` leads from then on.
- Hysteresis: what was resolved stays quiet until it came back below ``returned`` of its limit, for ``quiet``
  at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any, Protocol

Tolerances = Mapping[str, float | None]


class Judged(Protocol):
    """A statistic of one reading in one window."""

    @property
    def feature(self) -> str: ...
    @property
    def statistic(self) -> str: ...
    @property
    def starts(self) -> datetime: ...
    @property
    def ends(self) -> datetime: ...
    @property
    def value(self) -> float: ...
    @property
    def limit(self) -> float: ...
    @property
    def shift(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient one is before an alert, and after it."""

    persistence: int = 2
    returned: float = 0.7
    quiet: timedelta = timedelta(hours=24)
    pause: timedelta | None = timedelta(hours=4)
    worse: float = 2.0
    leads: float = 1.5


@dataclass(frozen=True, slots=True)
class Moved:
    """A reading that was out in windows after one another; ``first`` is the start of the earliest."""

    key: str
    statistic: str
    value: float
    limit: float
    shift: float | None
    first: datetime

    def stored(self) -> dict[str, Any]:
        return {
            "statistic": self.statistic,
            "value": round(self.value, 6),
            "limit": round(self.limit, 6),
            "shift": None if self.shift is None else round(self.shift, 6),
            "first": self.first.isoformat(),
        }


class Compared(Protocol):
    """A value beside its limit."""

    @property
    def value(self) -> float: ...
    @property
    def limit(self) -> float: ...


def ratio(point: Compared) -> float:
    return point.value / point.limit if point.limit else point.value


def is_out(point: Judged, tolerances: Tolerances) -> bool:
    """Both keys: over the limit, and by enough to matter."""
    if not point.value > point.limit:
        return False
    tolerance = tolerances.get(point.feature)
    return tolerance is None or point.shift is None or abs(point.shift) >= tolerance


def moved(points: Iterable[Judged], tolerances: Tolerances, rules: Rules) -> dict[datetime, list[Moved]]:
    """By the last of ``persistence`` windows: the readings out in all of them, each by its strongest
    statistic in the last."""
    by_reading: dict[str, dict[datetime, list[Judged]]] = {}
    for point in points:
        by_reading.setdefault(point.feature, {}).setdefault(point.starts, []).append(point)
    by_window: dict[datetime, list[Moved]] = {}
    for key, windows in by_reading.items():
        run: list[datetime] = []
        ended: datetime | None = None
        for at in sorted(windows):
            out = [one for one in windows[at] if is_out(one, tolerances)]
            if ended is not None and rules.pause is not None and at - ended > rules.pause:
                run = []
            ended = max(one.ends for one in windows[at])
            run = [*run, at] if out else []
            if len(run) >= rules.persistence:
                worst = max(out, key=ratio)
                first = run[-rules.persistence]
                by_window.setdefault(at, []).append(
                    Moved(key, worst.statistic, worst.value, worst.limit, worst.shift, first)
                )
    return by_window


def still_out(points: Iterable[Judged], features: Iterable[str], rules: Rules) -> set[str]:
    """Which ``features`` have had no window since in which every statistic came back."""
    worst: dict[tuple[str, datetime], float] = {}
    for point in points:
        key = (point.feature, point.starts)
        worst[key] = max(worst.get(key, 0.0), ratio(point))
    back = {feature for (feature, _starts), highest in worst.items() if highest < rules.returned}
    return set(features) - back


def worsened(stored: Mapping[str, Mapping[str, Any]], out: Iterable[Moved], rules: Rules) -> list[Moved]:
    """Which of ``out`` are much further over their limit than an open alert last told of them.

    ``stored`` of each reading: "told", its ratio then; one that was never told is no news here.
    """
    return [one for one in out if ratio(one) >= rules.worse * stored.get(one.key, {}).get("told", inf)]


def leader(out: Sequence[Moved], leading: str, tolerances: Tolerances, rules: Rules) -> Moved | None:
    """The reading of ``out`` that outweighs the one that leads an alert; None where that still leads.

    A reading whose shift is held to a tolerance and one that has none do not compare.
    """
    now = next((one for one in out if one.key == leading), None)
    if now is None:
        return None
    held, bar = weight(now, tolerances)
    others = [
        (weight(one, tolerances)[1], one)
        for one in out
        if one.key != leading and weight(one, tolerances)[0] == held
    ]
    best = max(others, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] > rules.leads * bar else None


def weight(one: Moved, tolerances: Tolerances) -> tuple[bool, float]:
    """What an alert is named after: the largest shift in tolerances, else the furthest over its limit."""
    tolerance = tolerances.get(one.key)
    if tolerance and one.shift is not None:
        return True, abs(one.shift) / tolerance
    return False, one.value / one.limit if one.limit else one.value
