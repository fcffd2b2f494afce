"""What goes into a chart over time or over a count. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mlops_portal.foundation.shell.charts.drawing.scales import usable
from mlops_portal.foundation.shell.charts.drawing.times import seconds

X = datetime | float


@dataclass(frozen=True, slots=True)
class Point:
    """One value at a moment (or at a number); ``None`` or NaN leaves a gap. ``href`` makes it a link.

    ``low`` to ``high``: its interval, drawn as a soft ribbon.
    """

    at: X
    value: float | None
    href: str = ""
    note: str = ""
    tone: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    label: str
    points: Sequence[Point]
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Limit:
    """A horizontal line that promises something, e.g. "limit 0.105 · at most 1 false alarm a week".

    ``above``: a point is off when it lies above; False: when it lies below; None: the line only marks.
    """

    value: float
    label: str = ""
    tone: str = "bad"
    above: bool | None = True

    def crossed(self, value: float) -> bool:
        return self.above is not None and (value > self.value if self.above else value < self.value)


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded process change."""

    at: X
    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, e.g. of an alarm; an open ``end`` reaches to the newest point."""

    start: X
    end: X | None = None
    label: str = ""
    tone: str = "bad"


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in numbers: ``x`` in seconds or as given, ``y`` usable or None."""

    x: float
    y: float | None
    point: Point


def x_of(at: X) -> float:
    """Seconds of a moment, or the number itself; NaN where there is none."""
    return seconds(at) if isinstance(at, datetime) else float(at)


def spots(points: Sequence[Point]) -> list[Spot]:
    """The points in order of x, without those that have no place."""
    made = [
        Spot(x, point.value if usable(point.value) else None, point)
        for point in points
        if usable(x := x_of(point.at))
    ]
    return sorted(made, key=lambda spot: spot.x)


def thin(drawn_spots: list[Spot], columns: int) -> list[Spot]:
    """At most four spots a column (first, lowest, highest, last): peaks stay, a million points do not."""
    if len(drawn_spots) <= 4 * columns:
        return drawn_spots
    size = math.ceil(len(drawn_spots) / columns)
    thinner: list[Spot] = []
    for start in range(0, len(drawn_spots), size):
        bucket = drawn_spots[start : start + size]
        known = [spot for spot in bucket if spot.y is not None]
        if not known:
            thinner.append(bucket[0])
            continue
        low, high = min(known, key=lambda s: s.y or 0.0), max(known, key=lambda s: s.y or 0.0)
        thinner.extend(
            sorted({id(s): s for s in (known[0], low, high, known[-1])}.values(), key=lambda s: s.x)
        )
    return thinner


def segments(drawn_spots: list[Spot]) -> list[list[Spot]]:
    """Runs without a gap."""
    runs: list[list[Spot]] = [[]]
    for spot in drawn_spots:
        if spot.y is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if run]
