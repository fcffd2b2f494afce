"""A control chart: fitted once on its reference, then fed point by point.

- Scores (``families``) go through the engine of every measure (``series``): what the reference shows of
  more spread than the textbook's, and of memory, is in the limit (for counts that is Laney 2002).
- The promise is shared out: rules that a person chose first, as far as half of it reaches, each by its ARL0;
  what is left goes to the level and to the spread in equal parts. A rule that does not fit marks points and
  raises no alert.
- The textbook's 3 σ lines are drawn and marked (``families.lines_of``), and alarm nobody by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from monitoring.measures.compute import series
from monitoring.measures.compute.control import families, rules
from monitoring.measures.compute.control.families import Centre, Lines, Points, Unfit
from monitoring.measures.compute.kinds import Sides
from monitoring.measures.rules.run_rules import BEYOND, RULES

RULES_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class RuleHeld:
    """A rule that a person chose: its ARL0, and whether it fits into the promise."""

    key: str
    arl: float
    alarms: bool


@dataclass(frozen=True, slots=True)
class Chart:
    centre: Centre
    level: series.Fitted
    spread: series.Fitted | None
    rules: tuple[RuleHeld, ...]
    arl: float
    textbook: float

    def to_json(self) -> dict[str, Any]:
        """Beside the chart itself what every fitted measure tells."""
        lines = families.lines_of(self.centre, self.centre.size)
        return {
            **self.level.to_json(),
            "kind": self.centre.family,
            "mean": lines.level[1],
            "sd": (lines.level[2] - lines.level[1]) / 3,
            "arl": self.arl,
            "centre": self.centre.to_json(),
            "level": self.level.to_json(),
            "spread": self.spread.to_json() if self.spread else None,
            "rules": [{"key": one.key, "arl": one.arl, "alarms": one.alarms} for one in self.rules],
            "textbook": self.textbook,
            "lines": list(lines.level),
            "inside": list(lines.spread) if lines.spread else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(
            Centre(**stored["centre"]),
            series.Fitted.from_json(stored["level"]),
            series.Fitted.from_json(stored["spread"]) if stored["spread"] else None,
            tuple(RuleHeld(**one) for one in stored["rules"]),
            stored["arl"],
            stored["textbook"],
        )

    @property
    def lead(self) -> int:
        """Points before the first new one that it needs."""
        spread = len(self.spread.ar) + 1 if self.spread else 0
        return max(len(self.level.ar) + rules.LOOKED_BACK, spread + 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One point: shares of the limit upward and downward, of the spread's limit, and the rules that spoke.

    ``rules``: all of them; ``alarms``: those that alarm; ``beyond``: outside the textbook's 3 σ lines.
    """

    up: float
    down: float
    spread: float
    on: bool
    rules: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    beyond: bool = False
    lines: Lines | None = None

    def carried(self) -> dict[str, Any]:
        """``lines`` and ``inside``: lower and upper textbook line of this point and of its spread."""
        level, inside = (self.lines.level, self.lines.spread) if self.lines else ((), None)
        return {
            "spread": round(self.spread, 6), "rules": list(self.rules), "alarms": list(self.alarms),
            "beyond": self.beyond, "lines": [_short(one) for one in level[::2]],
            "inside": [_short(one) for one in inside[::2]] if inside else None,
        }  # fmt: skip


def _short(number: float) -> float:
    return float(f"{number:.9g}")


def fit(
    points: Points, *, family: str, sides: Sides = "both", arl: float, chosen: Sequence[str] = ()
) -> Chart:
    """Fit a chart on the reference's ``points`` for a false alarm in ``arl`` of them. Unfit."""
    centre = families.centre_of(points, family)
    held, left = _shared_out(chosen, arl)
    scores, spread = families.level_scores(points, centre), families.spread_scores(points, centre)
    each = 1 / left if spread is None else 2 / left
    try:
        counted = family in families.COUNTED
        level = series.fit(scores, kind="shewhart", sides=sides, arl=each, floor=counted)
        inside = None
        if spread is not None:
            ways: Sides = "up" if family == "i_mr" else "both"
            inside = series.fit(spread[int(family == "i_mr") :], kind="shewhart", sides=ways, arl=each)
    except ValueError as error:
        raise Unfit("constant") from error
    textbook = rules.run_length([BEYOND, *(one.key for one in held)])
    return Chart(centre, level, inside, held, arl, textbook)


def _shared_out(chosen: Sequence[str], arl: float) -> tuple[tuple[RuleHeld, ...], float]:
    """The rules with whether they fit, and the rate that is left for the limits."""
    room, held = RULES_SHARE / arl, []
    keys = [key for key in RULES if key in chosen and key != BEYOND]
    for key in sorted(keys, key=lambda one: -rules.run_length([one])):
        length = rules.run_length([key])
        fits = 1 / length <= room
        room -= 1 / length if fits else 0.0
        held.append(RuleHeld(key, length, fits))
    return tuple(held), 1 / arl - (RULES_SHARE / arl - room)


def run(chart: Chart, points: Points, *, lead: int, on: bool = False) -> list[Step]:
    """The chart at each of ``points`` but the first ``lead``, which lead in; ``on``: an event was on."""
    scores = families.level_scores(points, chart.centre)
    level = _residuals(chart.level, scores)
    inside = families.spread_scores(points, chart.centre)
    spread = _residuals(chart.spread, inside) if chart.spread and inside is not None else None
    spoke = {one.key: rules.signals(one.key, level[np.isfinite(level)]) for one in chart.rules}
    first = int((~np.isfinite(level)).sum())
    steps = []
    for at in range(lead, points.value.size):
        up, down = _sides(chart.level, float(level[at]))
        wide = max(_sides(chart.spread, float(spread[at]))) if chart.spread and spread is not None else 0.0
        told = tuple(key for key, said in spoke.items() if at >= first and said[at - first])
        alarms = tuple(one.key for one in chart.rules if one.alarms and one.key in told)
        lines = _lines(chart, float(points.size[at]))
        outside = not lines.level[0] <= points.value[at] <= lines.level[2]
        worst = max(up, down, wide)
        on = worst > 1.0 or bool(alarms) or (on and worst >= series.OVER)
        steps.append(Step(up, down, wide, on, told, alarms, bool(outside), lines))
    return steps


def _residuals(fitted: series.Fitted, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of the scores, as many as they are; NaN where they only lead in."""
    left = fitted.whitener.residuals(scores, cut=families.FAR)
    return np.concatenate([np.full(scores.size - left.size, np.nan), left])


def _sides(fitted: series.Fitted, left: float) -> tuple[float, float]:
    if not np.isfinite(left):
        return 0.0, 0.0
    share = min(max(left / fitted.limit, -series.MOST), series.MOST)
    return (0.0 if fitted.sides == "down" else max(0.0, share)), (
        0.0 if fitted.sides == "up" else max(0.0, -share)
    )


def _lines(chart: Chart, size: float) -> Lines:
    """The textbook's lines of a point's own size."""
    return families.lines_of(chart.centre, size if np.isfinite(size) else chart.centre.size)
