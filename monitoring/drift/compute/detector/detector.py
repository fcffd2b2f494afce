"""A detector: frozen reference, limits that share one budget, and the verdict on a stream of rows. Pure.

- The budget is false alarm events for each window, all readings and statistics together; each statistic
  has a part of it, and a single reading's is smaller where what readings say together is judged too.
- What needs no law is hard: a reading that was constant and is not, a category that was never seen, and more
  missing values than the reference's rate explains.
- A missing or infinite value counts as missing, and as the reference's median elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.sketch import readable
from monitoring.drift.compute.detector import (
    calibrate,
    process,
    promise,
    rule,
    scores,
)

F = NDArray[np.float64]
B = NDArray[np.bool_]
ROWS_LEAST = 60
ALL = ":all"  # what readings say together


@dataclass(frozen=True, slots=True)
class Statistic:
    """One value beside its limit, in the units of ``scores`` (a mean in deviations of the reference)."""

    feature: str
    statistic: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class WindowResult:
    """Rows ``start_row`` to before ``end_row``; ``alert`` while an event lasts; ``tail_score`` of its
    largest."""

    index: int
    start_row: int
    end_row: int
    alert: bool
    tail_score: float
    statistics: list[Statistic]


@dataclass(frozen=True, slots=True)
class Result:
    """``alerts``: the first row of the window with which each event began."""

    windows: list[WindowResult]
    alerts: list[int]
    level: float
    at_once: float


@dataclass(frozen=True, slots=True)
class Detector:
    """Made by ``fit``; ``varying`` (d,) are the readings that laws are about, the others were constant."""

    names: tuple[str, ...]
    window: int
    per_window: float
    categorical: B
    fill: F
    varying: B
    frozen: scores.Frozen
    calibration: calibrate.Calibration
    level: float
    at_once: float
    missing: NDArray[np.int64]
    rows: int
    seen: dict[int, F]
    notes: tuple[str, ...] = field(default=())
    promise: promise.Promise | None = None  # None where no reading varies

    def run(self, stream: NDArray[np.float64]) -> Result:
        """Judge the whole windows of ``stream`` float64 (n, d), in the order of the reference's columns.

        Invalid where the columns are others or not one window is whole.
        """
        n, d = stream.shape
        if d != len(self.names):
            raise Invalid(
                f"the stream has {d} readings and the reference {len(self.names)}; give the same ones"
            )
        w = n // self.window
        if w < 1:
            raise Invalid(
                f"the stream has {n} rows and a window needs {self.window}; choose a smaller window"
            )
        rows = np.asarray(stream[: w * self.window], dtype=np.float64)
        there = readable(rows)
        filled = np.where(there, rows, self.fill)
        statistics = (
            scores.windows_of(
                filled[:, self.varying], self.frozen, self.window, common=filled[:, self.varying]
            )
            if self.varying.any()
            else {}
        )
        tail_score = calibrate.largest(statistics, self.calibration.laws) if statistics else np.zeros(w)
        hard = self._hard(filled, there, w)
        broken = np.zeros(w, dtype=np.bool_)
        for _place, _name, values, limit in hard:
            broken |= values > limit
        tail_score = np.where(broken, np.maximum(tail_score, 2 * max(self.level, 1.0)), tail_score)
        held = rule.raised(
            tail_score, level=self.level, at_once=self.at_once, persist=rule.persistence(self.window)
        )
        begun, on = rule.events(tail_score, held, low=rule.RETURNED * self.level)
        return Result(
            [
                WindowResult(
                    index,
                    index * self.window,
                    (index + 1) * self.window,
                    bool(on[index]),
                    float(tail_score[index]),
                    self._told(statistics, hard, index),
                )
                for index in range(w)
            ],
            [index * self.window for index in begun],
            self.level,
            self.at_once,
        )

    def _told(
        self, statistics: dict[str, F], hard: list[tuple[int, str, F, float]], index: int
    ) -> list[Statistic]:
        names = [name for name, varies in zip(self.names, self.varying, strict=True) if varies]
        made = []
        for statistic, values in statistics.items():
            laws = self.calibration.laws[statistic]
            less = calibrate.handicap(statistic, self.calibration.laws)
            for place, law in enumerate(laws):
                feature = ALL if statistic in scores.JOINT else names[place]
                made.append(
                    Statistic(feature, statistic, float(values[index, place]), law.value(self.level + less))
                )
        made += [
            Statistic(self.names[place], name, float(values[index]), limit)
            for place, name, values, limit in hard
            if values[index] > 0
        ]
        return made

    def _hard(self, filled: F, there: B, w: int) -> list[tuple[int, str, F, float]]:
        """(reading, statistic, values (w,), limit) of what needs no law."""
        from scipy.stats import betabinom  # here: it takes long to load, and few tasks need it

        broken: list[tuple[int, str, F, float]] = []
        absent = (~there).reshape(w, self.window, -1).sum(axis=1)
        alpha = self.per_window / max(1, len(self.names)) / 10
        for place in range(len(self.names)):
            if absent[:, place].any():
                law = betabinom(self.window, self.missing[place] + 0.5, self.rows - self.missing[place] + 0.5)
                limit = float(law.isf(alpha)) / self.window
                broken.append((place, "missing", absent[:, place] / self.window, limit))
            if not self.varying[place]:
                other = (filled[:, place] != self.fill[place]).reshape(w, self.window).mean(axis=1)
                broken.append((place, "changed", other, 0.0))
            elif self.categorical[place]:
                unseen = ~np.isin(filled[:, place], self.seen[place])
                if unseen.any():
                    broken.append((place, "unseen", unseen.reshape(w, self.window).mean(axis=1), 0.0))
        return broken


def fit(
    reference: NDArray[np.float64],
    *,
    window: int,
    per_window: float,
    names: Sequence[str],
    categorical: Sequence[bool] | None = None,
    seed: int = 0,
    apart: int = 1,
    report: Callable[[int, int], None] | None = None,
) -> Detector:
    """A detector of ``reference`` float64 (m, d) in the order of time, NaN where missing.

    ``per_window`` false alarm events for each window of ``window`` rows, for all readings together. Rows of
    the reference lie ``apart`` rows of a stream: then it is tested on windows that last as long. Invalid
    for a reference of fewer than ``ROWS_LEAST`` rows, a window or a budget that is none.
    """
    m, d = reference.shape
    if window < 1 or not 0 < per_window < 1:
        raise Invalid(
            "a window has one row or more, and the budget lies between 0 and 1 false alarm a window"
        )
    if m < ROWS_LEAST or not d:
        raise Invalid(
            f"the reference has {m} rows and {d} readings; it needs {ROWS_LEAST} rows and a reading"
        )
    kinds = np.asarray(categorical if categorical is not None else [False] * d, dtype=np.bool_)
    rows = np.asarray(reference, dtype=np.float64)
    there = readable(rows)
    with np.errstate(all="ignore"):
        fill = np.asarray(
            [float(np.median(rows[there[:, at], at])) if there[:, at].any() else 0.0 for at in range(d)]
        )
    filled = np.where(there, rows, fill)
    varying = np.ptp(filled, axis=0) > 0
    notes = [
        f"{name} is constant in the reference"
        for name, varies in zip(names, varying, strict=True)
        if not varies
    ]
    rng = np.random.default_rng(seed)
    if varying.any():
        drawn = process.fit(
            filled[:, varying], discrete=process.discrete_of(filled[:, varying]) | kinds[varying]
        )
        learned = calibrate.calibrate(drawn, sizes=[window], rng=rng, apart=apart, report=report)[0]
        own = learned
        if apart > 1:
            own = calibrate.calibrate(drawn, sizes=[max(1, round(window / apart))], rng=rng)[0]
        told = promise.tested(filled[:, varying], drawn, own, per_window=per_window)
        learned = learned.widened(told.widened)
        level, at_once = learned.levels(per_window)
        frozen = scores.freeze(filled[:, varying], bins=window >= scores.BINS_LEAST)
    else:
        none = calibrate.Curve(np.zeros(1), np.zeros(1))
        told = None
        learned = calibrate.Calibration(window, {}, none, None, 1.0, 0.0, m)
        level, at_once = 1.0, np.inf
        frozen = scores.freeze(filled, bins=False)
    seen = {int(at): np.unique(filled[:, at]) for at in np.flatnonzero(kinds)}
    return Detector(
        tuple(names), window, per_window, kinds, fill, varying, frozen, learned, level, at_once,
        (~there).sum(axis=0), m, seen, tuple(notes), told,
    )  # fmt: skip
