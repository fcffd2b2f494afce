"""The level that keeps the budget, found by drawing references and streams. Pure.

For each draw a reference of the same length and a stream come out of the reference's own process; the drawn
reference is frozen as the real one is, so that what a reference of that length leaves open is in the limits
too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from monitoring.drift.compute.detector import (
    process,
    rule,
    scores,
    tails,
)

F = NDArray[np.float64]
CELLS = 12_000_000
WINDOWS_MOST, WINDOWS_LEAST = 40_000, 1_600
EACH_MOST, EACH_LEAST = 12_000, 600  # windows of each size, where there are many sizes
STREAM, DRAWS_LEAST, DRAWS_MOST = 250, 12, 160
ROWS_OF_REFERENCE = 20_000
LEVELS = 24
SHARES = (0.2, 0.1, 0.05, 0.02)  # of windows, at which a reference's own are held against drawn ones
COUNTED = 12.0  # fewest events of a level that is fitted
MANY = 40.0
SINGLE = 4.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The laws of all statistics [place of each reading] for windows of ``window`` rows, and how often the
    largest tail score makes an event at each level: ``slow`` for windows in a row, ``fast`` at once (None:
    never), ``overlap`` of both. ``spread``: standard deviation of the logarithm of that rate from one
    reference of ``rows`` rows to another; ``doubt``: standard error of its relative variance. ``checks``:
    what ``promise.widening`` holds the reference's own windows against; ``widen``: what came of it."""

    window: int
    laws: dict[str, list[tails.Tail]]
    slow: Curve
    fast: Curve | None
    overlap: float
    spread: float
    rows: int
    doubt: float = 0.0
    checks: list[list[float]] = field(default_factory=list)
    widen: float = 1.0
    each: list[list[list[float]]] = field(default_factory=list)
    wider: list[float] = field(default_factory=list)

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
            "checks": self.checks,
            "widen": self.widen,
            "wider": self.wider,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Calibration:
        laws = {name: [tails.Tail.restored(one) for one in rows] for name, rows in stored["laws"].items()}
        fast = Curve.restored(stored["fast"]) if stored["fast"] else None
        return cls(**{**stored, "laws": laws, "slow": Curve.restored(stored["slow"]), "fast": fast})

    def levels(self, per_window: float) -> tuple[float, float]:
        """(level for windows in a row, level at once) that give ``per_window`` events a window."""
        if self.fast is None:
            return self._out(self.slow.solve(per_window)), np.inf
        share = per_window / self.overlap / 2
        return self._out(self.slow.solve(share)), self._out(self.fast.solve(share))

    def _out(self, level: float) -> float:
        offset = handicap("mean", self.laws)
        return (level + offset) * self.widen - offset

    def widened(self, factor: float) -> Calibration:
        """With limits ``factor`` times as far out."""
        return replace(self, widen=self.widen * factor)

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
    sizes: Sequence[int],
    rng: np.random.Generator,
    joint: bool = True,
    adjusted: bool = False,
    cells: int = CELLS,
    persist: int = 0,
    apart: int = 1,
    report: Callable[[int, int], None] | None = None,
) -> list[Calibration]:
    """Draw references and streams, and learn how what windows of each of ``sizes`` rows say varies.

    One stream is cut into windows of every size, so that many sizes cost hardly more than the largest.
    ``adjusted``: with the means as regressed on one another; ``cells`` values are drawn, about;
    ``persist`` windows in a row make an event (0: ``rule.persistence``). Where the reference's rows lie
    ``apart`` parts, windows are of parts that come after one another.
    """
    d = drawn_process.maps.shape[0]
    least, most = (WINDOWS_LEAST, WINDOWS_MOST) if len(sizes) == 1 else (EACH_LEAST, EACH_MOST)
    rows = int(np.clip(cells / d, least * max(sizes), most * max(sizes)))
    draws = int(np.clip(rows // (STREAM * max(sizes)), DRAWS_LEAST * (1 + (len(sizes) > 1)), DRAWS_MOST))
    stream = rows // draws
    m = min(drawn_process.rows, ROWS_OF_REFERENCE, max(ROWS_OF_REFERENCE // 10, cells // (draws * d)))
    bins = max(sizes) >= scores.BINS_LEAST
    drawn: dict[int, dict[str, list[F]]] = {size: {} for size in sizes}
    for number in range(draws):
        if report:
            report(number, draws)
        coefficients = drawn_process.coefficients(rng)
        own, common = drawn_process.draw(m, rng, coefficients, joint=joint)
        frozen = scores.freeze(own, common if joint else None, bins=bins, adjusted=adjusted)
        own, common = drawn_process.draw(stream, rng, coefficients, joint=joint, apart=apart)
        tenths = scores.tenths_of(own, frozen)
        for size in sizes:
            until = min(stream // size, most // draws) * size
            statistics = scores.windows_of(
                own[:until], frozen, size, common=common[:until] if joint else None, tenths=tenths
            )
            for name, values in statistics.items():
                drawn[size].setdefault(name, []).append(values)
    persists = [persist or rule.persistence(size) for size in sizes]
    return [
        _learned(
            {name: np.stack(parts) for name, parts in drawn[size].items()}, size, drawn_process.rows, waits
        )
        for size, waits in zip(sizes, persists, strict=True)
    ]


def _learned(drawn: dict[str, F], window: int, rows: int, persist: int) -> Calibration:
    """Of drawn statistics (draws, w, readings)."""
    laws = {
        name: [tails.tail_of(values[..., at].ravel()) for at in range(values.shape[-1])]
        for name, values in drawn.items()
    }
    tail_score = largest(drawn, laws)
    slow = _curve(tail_score, rule.runs(tail_score, persist))
    fast = _curve(tail_score, tail_score) if window >= rule.AT_ONCE_ROWS else None
    many = MANY / tail_score.size
    level, at_once = slow.solve(many), np.inf
    if fast:  # both rules get the same share; how much they overlap is counted where events are many
        level, at_once = slow.solve(many / 2), fast.solve(many / 2)
    held = rule.raised(tail_score, level=level, at_once=at_once, persist=persist)
    counts = rule.begins(tail_score, held, low=rule.RETURNED * level).sum(axis=1)
    overlap = float(np.clip(counts.sum() / MANY, 0.5, 1.2)) if fast and counts.any() else 1.0
    mean = max(float(counts.mean()), 1e-9)
    extra = max(0.0, float(counts.var(ddof=1)) - mean) / mean**2
    doubt = float(np.sqrt((mean + 2 * mean**2) / counts.size)) / mean**2  # of a variance of Poisson counts
    return Calibration(
        window, laws, slow, fast, overlap, float(np.sqrt(np.log1p(extra))), rows, doubt,
        _checks(tail_score, rows // window), each=_each(drawn, laws, rows // window),
    )  # fmt: skip


def _each(drawn: dict[str, F], laws: dict[str, list[tails.Tail]], windows: int) -> list[list[list[float]]]:
    """``_checks`` of every reading; they share the chance to be wrong. None where some are judged jointly."""
    if not scores.JOINT.isdisjoint(drawn):
        return []
    tail_scores = of_each(drawn, laws)
    d = tail_scores.shape[-1]
    return [_checks(tail_scores[..., place], windows, tests=d) for place in range(d)]


def of_each(statistics: dict[str, F], laws: dict[str, list[tails.Tail]]) -> F:
    """The largest tail score of each window and reading (…, w, d), handicaps taken off; of statistics that
    every reading has."""
    best = np.full(next(iter(statistics.values())).shape, -np.inf)
    for name, values in statistics.items():
        less = handicap(name, laws)
        for place, law in enumerate(laws[name]):
            np.maximum(best[..., place], law.tail_score(values[..., place]) - less, out=best[..., place])
    return best


def _checks(tail_score: F, windows: int, *, tests: int = 1) -> list[list[float]]:
    """[level, share of windows that pass it, count below which 95 of 100 stretches of ``windows`` stay; where
    there are many ``tests``, in 95 of 100 cases of all of them]."""
    length = tail_score.shape[1]
    size = min(windows, length)
    if size < 2:
        return []
    stretches = tail_score[:, : length // size * size].reshape(-1, size)
    made = []
    for share in SHARES:
        level = float(np.quantile(tail_score, 1 - share))
        counts = (stretches > level).sum(axis=1) * (windows / size)
        sure = float(ndtri(1 - 0.05 / tests))
        chance = float(share * windows + sure * np.sqrt(share * windows))  # fewer stretches say too little
        rank = int(np.ceil((1 - 0.05 / tests) * (counts.size + 1))) - 1  # of one count more, were it as drawn
        most = float(np.sort(counts)[min(rank, counts.size - 1)])
        if tests > 1:  # beyond what so few stretches count
            most = max(most, float(counts.mean() + sure * counts.std()))
        made.append([level, share, max(most, chance)])
    return made


def handicap(name: str, laws: dict[str, list[tails.Tail]]) -> float:
    """What a statistic's tail score counts less: one of many readings shares its part of the budget, and
    where there are joint statistics, which see more with one look, single readings have a quarter of
    their part."""
    alone = name not in scores.JOINT and len(laws[name]) > 1 and not scores.JOINT.isdisjoint(laws)
    return float(np.log(len(laws[name]) * (SINGLE if alone else 1.0)))


def largest(statistics: dict[str, F], laws: dict[str, list[tails.Tail]]) -> F:
    """The largest tail score of each window (…, w) of statistics (…, w, readings), handicaps taken off."""
    best = np.full(next(iter(statistics.values())).shape[:-1], -np.inf)
    for name, values in statistics.items():
        less = handicap(name, laws)
        for place, law in enumerate(laws[name]):
            np.maximum(best, law.tail_score(values[..., place]) - less, out=best)
    return best


def _curve(tail_score: F, reach: F) -> Curve:
    """Levels and the logarithm of their rate of events, where an event is ``reach`` (draws, w) above it."""
    flat = np.sort(reach[np.isfinite(reach)])
    shares = np.geomspace(0.2, max(4.0 / flat.size, 1e-7), LEVELS)
    at = np.unique(flat[np.clip(((1 - shares) * flat.size).astype(int), 0, flat.size - 1)])
    counts = np.asarray(
        [rule.begins(tail_score, reach > level, low=rule.RETURNED * level).sum() for level in at]
    )
    counted = counts >= COUNTED
    if counted.sum() < 4:
        counted = counts > 0
    return Curve(at[counted], np.log(counts[counted] / tail_score.size))
