"""The level that keeps the budget, found by drawing references and streams. Pure.

For each draw a reference of the same length and a stream come out of the reference's own process; the drawn
reference is frozen as the real one is, so that what a reference of that length leaves open is in the limits
too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute.detector import (
    process,
    rule,
    scores,
    tails,
)

F = NDArray[np.float64]
CELLS = 12_000_000
WINDOWS_MOST, WINDOWS_LEAST = 40_000, 1_600
STREAM, DRAWS_LEAST = 250, 12
ROWS_OF_REFERENCE = 20_000
LEVELS = 24
COUNTED = 12.0  # fewest events of a level that is fitted
MANY = 40.0
SINGLE = 4.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The laws of all statistics [place of each reading] for windows of ``window`` rows, and how often the
    largest tail score makes an event at each level: ``slow`` for windows in a row, ``fast`` at once (None:
    never), ``overlap`` of both. ``spread``: standard deviation of the logarithm of that rate from one
    reference of ``rows`` rows to another; ``doubt``: standard error of its relative variance."""

    window: int
    laws: dict[str, list[tails.Tail]]
    slow: Curve
    fast: Curve | None
    overlap: float
    spread: float
    rows: int
    doubt: float = 0.0

    def stored(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            "window": self.window,
            "laws": {name: [one.stored() for one in laws] for name, laws in self.laws.items()},
            "slow": self.slow.stored(),
            "fast": self.fast.stored() if self.fast else None,
            "overlap": self.overlap,
            "spread": self.spread,
            "rows": self.rows,
            "doubt": self.doubt,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Calibration:
        laws = {name: [tails.Tail.restored(one) for one in rows] for name, rows in stored["laws"].items()}
        fast = Curve.restored(stored["fast"]) if stored["fast"] else None
        return cls(**{**stored, "laws": laws, "slow": Curve.restored(stored["slow"]), "fast": fast})

    def levels(self, per_window: float) -> tuple[float, float]:
        """(level for windows in a row, level at once) that give ``per_window`` events a window."""
        if self.fast is None:
            return self.slow.solve(per_window), np.inf
        share = per_window / self.overlap / 2
        return self.slow.solve(share), self.fast.solve(share)

    def interval(self, per_window: float) -> tuple[float, float]:
        """Where the rate lies for nine references of ten of this length."""
        factor = float(np.exp(1.645 * self.spread))
        return per_window / factor, per_window * factor

    def rows_needed(self, factor: float = 2.0) -> int:
        """How long a reference must be for its rate to lie within ``factor`` of the promise, nine times of
        ten."""
        return int(np.ceil(self.rows * max(1.0, (1.645 * self.spread / np.log(factor)) ** 2)))


@dataclass(frozen=True, slots=True)
class Curve:
    """Levels (k,), rising, and the logarithm of the rate of events at each, falling."""

    at: F
    logs: F

    def stored(self) -> list[list[float]]:
        return [list(map(float, self.at)), list(map(float, self.logs))]

    @classmethod
    def restored(cls, stored: Sequence[Sequence[float]]) -> Curve:
        return cls(np.asarray(stored[0], dtype=np.float64), np.asarray(stored[1], dtype=np.float64))

    def solve(self, rate: float) -> float:
        """The level with that rate: between counted levels by interpolation, beyond along their last
        slope."""
        wanted = float(np.log(rate))
        logs = np.minimum.accumulate(self.logs)
        if wanted >= logs[-1]:
            return float(np.interp(-wanted, -logs, self.at))
        last = slice(max(0, self.at.size - 10), self.at.size)
        if self.at[last].size < 2:
            return float(self.at[-1] + logs[-1] - wanted)
        slope, offset = np.polyfit(self.at[last], logs[last], 1, w=np.exp(logs[last] / 2))
        slope = min(float(slope), -0.2)
        start = 0.5 * (float(logs[-1]) + slope * float(self.at[-1]) + float(offset))
        return float(self.at[-1] + (wanted - start) / slope)


def calibrate(
    drawn_process: process.Process,
    *,
    window: int,
    rng: np.random.Generator,
    joint: bool = True,
    adjusted: bool = False,
    cells: int = CELLS,
    persist: int = 0,
    report: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Draw references and streams of windows of ``window`` rows and learn how what they say varies.

    ``adjusted``: with the means as regressed on one another; ``cells`` values are drawn, about;
    ``persist`` windows in a row make an event (0: ``rule.persistence``).
    """
    d = drawn_process.maps.shape[0]
    m = min(drawn_process.rows, ROWS_OF_REFERENCE)
    windows = int(np.clip(cells / (d * window), WINDOWS_LEAST, WINDOWS_MOST))
    draws = max(DRAWS_LEAST, windows // STREAM)
    stream = windows // draws
    drawn: dict[str, list[F]] = {}
    for number in range(draws):
        if report:
            report(number, draws)
        coefficients = drawn_process.coefficients(rng)
        own, common = drawn_process.draw(m, rng, coefficients, joint=joint)
        frozen = scores.freeze(
            own, common if joint else None, bins=window >= scores.BINS_LEAST, adjusted=adjusted
        )
        own, common = drawn_process.draw(stream * window, rng, coefficients, joint=joint)
        for name, values in scores.windows_of(own, frozen, window, common=common if joint else None).items():
            drawn.setdefault(name, []).append(values)
    laws = {
        name: [
            tails.tail_of(np.concatenate([one[:, at] for one in parts])) for at in range(parts[0].shape[1])
        ]
        for name, parts in drawn.items()
    }
    tail_score = np.stack(
        [largest({name: parts[number] for name, parts in drawn.items()}, laws) for number in range(draws)]
    )
    return _learned(
        tail_score, laws, window=window, rows=drawn_process.rows, persist=persist or rule.persistence(window)
    )


def _learned(
    tail_score: F, laws: dict[str, list[tails.Tail]], *, window: int, rows: int, persist: int
) -> Calibration:
    slow = _curve(tail_score, rule.runs(tail_score, persist))
    fast = _curve(tail_score, tail_score) if window >= rule.AT_ONCE_ROWS else None
    many = MANY / tail_score.size
    level, at_once = slow.solve(many), np.inf
    if fast:  # both rules get the same share; how much they overlap is counted where events are many
        level, at_once = slow.solve(many / 2), fast.solve(many / 2)
    held = rule.raised(tail_score, level=level, at_once=at_once, persist=persist)
    counts = np.asarray(
        [
            _count(one[None], out[None], rule.RETURNED * level)
            for one, out in zip(tail_score, held, strict=True)
        ]
    )
    overlap = float(np.clip(counts.sum() / MANY, 0.5, 1.2)) if fast and counts.any() else 1.0
    mean = max(float(counts.mean()), 1e-9)
    extra = max(0.0, float(counts.var(ddof=1)) - mean) / mean**2
    doubt = float(np.sqrt((mean + 2 * mean**2) / counts.size)) / mean**2  # of a variance of Poisson counts
    return Calibration(window, laws, slow, fast, overlap, float(np.sqrt(np.log1p(extra))), rows, doubt)


def handicap(name: str, laws: dict[str, list[tails.Tail]]) -> float:
    """What a statistic's tail score counts less: one of many readings shares its part of the budget, and
    where there are joint statistics, which see more with one look, single readings have a quarter of
    their part."""
    alone = name not in scores.JOINT and len(laws[name]) > 1 and not scores.JOINT.isdisjoint(laws)
    return float(np.log(len(laws[name]) * (SINGLE if alone else 1.0)))


def largest(statistics: dict[str, F], laws: dict[str, list[tails.Tail]]) -> F:
    """The largest tail score of each window (w,), handicaps taken off."""
    best = np.full(next(iter(statistics.values())).shape[0], -np.inf)
    for name, values in statistics.items():
        less = handicap(name, laws)
        for place, law in enumerate(laws[name]):
            np.maximum(best, law.tail_score(values[:, place]) - less, out=best)
    return best


def _count(tail_score: F, held: rule.B, low: float) -> int:
    """Events of all streams (draws, w); streams in which nothing was raised are passed over."""
    busy = np.flatnonzero(held.any(axis=1))
    return sum(len(rule.events(tail_score[one], held[one], low=low)[0]) for one in busy)


def _curve(tail_score: F, reach: F) -> Curve:
    """Levels and the logarithm of their rate of events, where an event is ``reach`` (draws, w) above it."""
    flat = np.sort(reach[np.isfinite(reach)])
    shares = np.geomspace(0.2, max(4.0 / flat.size, 1e-7), LEVELS)
    at = np.unique(flat[np.clip(((1 - shares) * flat.size).astype(int), 0, flat.size - 1)])
    counts = np.asarray([_count(tail_score, reach > level, rule.RETURNED * level) for level in at])
    counted = counts >= COUNTED
    if counted.sum() < 4:
        counted = counts > 0
    return Curve(at[counted], np.log(counts[counted] / tail_score.size))
