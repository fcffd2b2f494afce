"""Limits for windows of any size that come as counts and moments: a grid of calibrations. Pure.

- A version's process is drawn at the sizes of ``WINDOW_SIZES``; between two a limit goes in a straight line
  over the logarithms of both, beyond the last it stays, below the first it grows as for independent parts.
- What each statistic is, is said by ``scores``; from counts it is the same, because the reference's twenty
  quantile bins joined in pairs are its deciles.
- The level is that of windows in a row, with the whole budget; the machine's rule asks for the same reading
  in each, which is less often.
- The reference's rows may lie apart, and a machine's own parts are neighbours. So limits widen where the
  machine varies more than the drawn process: by what its own φ explains (``references.Stack.inflation``), or
  by how much larger the median of the statistic was in its past than in the drawn windows, whichever is more.
  What is narrow is a logarithm: there the difference counts and not the ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute import binned, limits
from monitoring.drift.compute.detector import calibrate, own_windows, process, scores, spacing
from monitoring.drift.compute.references import Reference, Stack
from monitoring.drift.compute.statistic import WindowStatistic

F = NDArray[np.float64]
I = NDArray[np.intp]  # noqa: E741 - as F
WINDOW_SIZES = (5, 10, 20, 50, 100, 200, 500, 1_000)
CELLS = 6_000_000
WIDE_MOST = 40_000  # readings times rows of a window that are still drawn
RATE_MOST = 0.2
STATISTICS = ("mean", "beside", "ewma", "ks", "psi", "narrow", "wide")
EFFECTIVE_WINDOWS = (2 - scores.MEMORY) / scores.MEMORY  # windows
PAST_LEAST, PAST_APART = 40, 24  # windows
STEP = 8  # windows for which the past is taken once
MEDIAN_NORMAL = 0.6745  # of |N(0, 1)|
NEVER_VARIES = 1e-12  # of a mean's square: a variance below it is rounding


@dataclass(frozen=True, slots=True)
class CalibrationGrid:
    """Calibrations of the readings ``keys`` at rising sizes of windows, and their correlation (d, d) where it
    was kept; ``lag_parts`` from one row of the reference to the next, None where nobody knew; ``windows`` of
    the reference on which limits were tested, 0 where they could not be."""

    keys: tuple[str, ...]
    calibrations: tuple[calibrate.Calibration, ...]
    correlation: F | None = None
    lag_parts: float | None = None
    windows: int = 0

    def stored(self) -> dict[str, Any]:
        return {
            "keys": list(self.keys),
            "rungs": [_short(one.stored()) for one in self.calibrations],
            "correlation": None if self.correlation is None else self.correlation.tolist(),
            "lag_parts": self.lag_parts,
            "windows": self.windows,
            "wider": self.wider,
        }

    @property
    def wider(self) -> dict[str, float]:
        """By how much the limits of readings lie further out than the drawn process says, at most; those that
        passed the test on the reference's own rows are left out."""
        told = [one.wider for one in self.calibrations if one.wider]
        largest = np.max(told, axis=0) if told else np.ones(len(self.keys))
        return {key: float(by) for key, by in zip(self.keys, largest, strict=True) if by > 1}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> CalibrationGrid:
        correlation = stored["correlation"]
        return cls(
            tuple(stored["keys"]),
            tuple(calibrate.Calibration.restored(one) for one in stored["rungs"]),
            None if correlation is None else np.asarray(correlation, dtype=np.float64),
            stored["lag_parts"],
            stored["windows"],
        )

    def nearest(self, n: float) -> calibrate.Calibration:
        """The calibration nearest to windows of ``n`` rows."""
        return min(self.calibrations, key=lambda one: abs(np.log(one.window / max(n, 1.0))))

    def surety(self, n: float) -> calibrate.Calibration:
        """The nearest calibration, with what all together say of how references differ, and a standard error
        on top: one alone has counted few of them, and that none differed proves little."""
        extra = np.mean([np.expm1(one.spread**2) for one in self.calibrations])
        doubt = np.sqrt(np.sum([one.doubt**2 for one in self.calibrations])) / len(self.calibrations)
        return replace(self.nearest(n), spread=float(np.sqrt(np.log1p(extra + doubt))))

    def limits(self, statistic: str, n: F, per_window: float) -> F:
        """The limit of every reading (d,) for windows of ``n`` (d, …) rows; inf where there is none."""
        rate = min(per_window, RATE_MOST)

        def at(one: calibrate.Calibration) -> list[float]:
            level = one.slow.solve(rate) + calibrate.handicap(statistic, one.laws)
            wider = one.wider or [1.0] * len(self.keys)
            return [law.value(level * by) for law, by in zip(one.laws[statistic], wider, strict=True)]

        return self._between(statistic, n, at)

    def medians(self, statistic: str, n: F) -> F:
        """The median of drawn windows, as ``limits``."""
        return self._between(
            statistic, n, lambda one: [float(np.median(law.body)) for law in one.laws[statistic]]
        )

    def _between(self, statistic: str, n: F, at: Callable[[calibrate.Calibration], list[float]]) -> F:
        known = [one for one in self.calibrations if statistic in one.laws]
        if not known:
            return np.full(n.shape, np.inf)
        sizes = np.log([one.window for one in known])
        values = np.log(np.maximum(np.asarray([at(one) for one in known]), 1e-9))
        wanted = np.log(np.maximum(n, 1.0))
        logarithms = np.stack([np.interp(wanted[d], sizes, values[:, d]) for d in range(n.shape[0])])
        return np.asarray(np.exp(logarithms + np.maximum(0.0, sizes[0] - wanted) / 2))


def calibrated(
    keys: Sequence[str],
    drawn: process.Process,
    *,
    rng: np.random.Generator,
    correlation: F | None = None,
    sizes: Sequence[int] = WINDOW_SIZES,
    cells: int = CELLS,
    persist: int = 0,
    lag_parts: float | None = None,
    rows: F | None = None,
    report: Callable[[int, int], None] | None = None,
) -> CalibrationGrid:
    """Calibrate windows of each size; those that are too wide to be drawn are left out. ``lag_parts``: parts
    from one row of the reference to the next, None where nobody knows; ``rows`` (m, d): the reference's own,
    on which limits are tested where they are there."""
    adjusted = correlation is not None and len(keys) > 1
    apart = spacing.whole(lag_parts)
    drawable = [n for n in sizes if n * len(keys) <= WIDE_MOST] or [min(sizes)]
    made = calibrate.calibrate(
        drawn,
        sizes=drawable,
        rng=rng,
        joint=False,
        adjusted=adjusted,
        cells=cells,
        persist=persist,
        apart=apart,
        report=report,
    )
    windows = 0
    if rows is not None:
        made, test = own_windows.tested(rows, drawn, made, rng=rng, apart=apart, adjusted=adjusted)
        windows = test.windows
    return CalibrationGrid(tuple(keys), tuple(made), correlation if adjusted else None, lag_parts, windows)


def _short(value: Any) -> Any:
    """Six digits of every number."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    return [_short(one) for one in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Seen:
    """Statistics {name: (f, w)}, NaN where there is none, and of how many rows each is: ``n``, for the memory
    ``n_memory``; ``shift`` (f, w) in the reading's unit, ``left`` the part that others do not explain."""

    values: dict[str, F]
    n: F
    n_memory: F
    shift: F
    left: F

    def rows(self, statistic: str) -> F:
        return self.n_memory if statistic == "ewma" else self.n


def see(
    counts: Sequence[NDArray[Any]],
    moments: F,
    references: Sequence[Reference],
    correlation: F | None = None,
) -> Seen:
    """What windows say, by the rules of ``scores``: counts (w, k) per reading with the missing at the end,
    moments (f, w, 5), the readings' correlation (f, f) where it is known."""
    mean = np.asarray([one.mean for one in references])[:, None]
    sd = np.asarray([one.sd for one in references])[:, None]
    n = moments[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = moments[..., 1] / n
        variance = np.maximum(moments[..., 2] / n - means**2, 0.0)
        scaled = (means - mean) / sd
    variance[variance <= NEVER_VARIES * means**2] = 0.0
    within = np.sqrt(variance) / sd
    within[np.broadcast_to(sd**2 <= 10 * NEVER_VARIES * mean**2, within.shape)] = np.nan
    memory, n_memory = _memory(scaled, n)
    adjusted, left = _regression_adjusted(scaled, correlation)
    values = {"mean": np.abs(scaled), "beside": np.abs(adjusted), "ewma": np.abs(memory)}
    values["ks"], values["psi"] = _distances(counts, references)
    values["narrow"], values["wide"] = scores.narrow(within), within
    for name in ("ks", "psi", "narrow", "wide"):
        values[name] = np.where(n >= scores.BINS_LEAST, values[name], np.nan)
    return Seen(values, n, n_memory, means - mean, left * sd)


def _regression_adjusted(scaled: F, correlation: F | None) -> tuple[F, F]:
    """What the readings that a window has do not explain of one another's means (f, w): as ``scores`` has it,
    and in deviations of the reading."""
    adjusted, left = np.full(scaled.shape, np.nan), np.full(scaled.shape, np.nan)
    if correlation is None:
        return adjusted, left
    patterns, which = np.unique(np.isfinite(scaled), axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        here = np.ix_(pattern, which.ravel() == number)
        if pattern.sum() > 1:
            weights = scores.left_of(correlation[np.ix_(pattern, pattern)])
            adjusted[here] = weights @ scaled[here]
            left[here] = adjusted[here] / np.diag(weights)[:, None]
    return adjusted, left


def _distances(counts: Sequence[NDArray[Any]], references: Sequence[Reference]) -> tuple[F, F]:
    """KS and PSI (f, w) over the tenths of each reference."""
    shape = (len(references), counts[0].shape[0])
    ks, psi = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, (one, reference) in enumerate(zip(counts, references, strict=True)):
        if one.shape[-1] != reference.counts.size:
            raise ValueError(f"{one.shape[-1]} bins do not compare with {reference.counts.size}")
        if reference.counts.size < 3:
            continue
        ids = binned.deciles(reference.counts[:-1])
        join = np.eye(ids.max() + 1)[ids]
        tally, learned = one[:, :-1] @ join, reference.counts[:-1] @ join
        ks[place], psi[place] = binned.ks(tally, learned), binned.psi(tally, learned)
    return ks, psi


def _memory(scaled: F, n: F) -> tuple[F, F]:
    """The weighted memory of means (f, w), as ``scores`` has it, and the size of equal windows that would
    vary as much; a window without a part is passed over."""
    remembered, sizes = np.full(scaled.shape, np.nan), np.ones(scaled.shape)
    memory, whole, parts = (np.zeros(scaled.shape[0]) for _ in range(3))
    keep, new = 1 - scores.MEMORY, scores.MEMORY
    for at in range(scaled.shape[1]):
        here = np.isfinite(scaled[:, at])
        memory = np.where(here, keep * memory + new * np.where(here, scaled[:, at], 0.0), memory)
        whole = np.where(here, keep**2 * whole + new**2, whole)
        parts = np.where(here, keep**2 * parts + new**2 / np.maximum(n[:, at], 1.0), parts)
        grown = np.sqrt(np.maximum(whole * (1 - keep**2) / new**2, 1e-300))
        remembered[:, at] = np.where(here, memory / grown, np.nan)
        sizes[:, at] = np.where(here, whole / np.maximum(parts, 1e-300), 1.0)
    return remembered, sizes


def widened(grid: CalibrationGrid, seen: Seen, stack: Stack, phi: F, wanted: I, statistic: str) -> F:
    """What the limits of the windows ``wanted`` (W,) are multiplied with (``narrow``: what is added): (f, W).

    ``phi`` (f, W): what the machine showed of its own before each.
    """
    rows = seen.rows(statistic)
    drawn = grid.medians(statistic, rows)
    own = _explained(grid, stack, seen.n[:, wanted], phi, statistic)
    wider = own.copy()
    ends = np.maximum(0, wanted - PAST_APART) // STEP * STEP
    values = seen.values[statistic]
    past = values - drawn if statistic == "narrow" else values / drawn
    for end in np.unique(ends[ends >= PAST_LEAST]):
        known = np.isfinite(past[:, :end]).sum(axis=1) >= PAST_LEAST
        if known.any():
            middle = np.zeros(past.shape[0])
            middle[known] = np.nanmedian(past[known, :end], axis=1)
            wider[:, ends == end] = np.maximum(wider[:, ends == end], middle[:, None])
    return wider


def _explained(grid: CalibrationGrid, stack: Stack, n: F, phi: F, statistic: str) -> F:
    """How much more the machine's own autocorrelation makes a statistic vary than the drawn process."""
    if statistic == "wide":
        return np.ones(n.shape)
    memory = statistic == "ewma"
    size = np.maximum(n * (EFFECTIVE_WINDOWS if memory else 1.0), 1.0)
    live = (limits.inflation(size, phi) if grid.lag_parts else stack.inflation(size, phi)) / size
    learned = 1 / stack.effective_sample_size[:, None]
    drawn = (grid.medians("mean", size) / MEDIAN_NORMAL) ** 2
    if statistic == "narrow":
        left = np.clip(1 - (drawn - learned), 0.005, 1.0), np.clip(1 - live, 0.005, 1.0)
        return np.asarray(np.maximum(0.0, 0.5 * np.log(left[0] / left[1])))
    ratio = np.maximum(1.0, (live + learned) / drawn)
    return np.asarray(ratio if statistic == "psi" else np.sqrt(ratio))


def widest(grid: CalibrationGrid, stack: Stack, n: F, phi: F, statistic: str, per_window: float) -> F:
    """The limits before anything happened: (f, s) for windows of ``n`` parts (f, s), of a machine that shows
    ``phi`` (f, s)."""
    limit = grid.limits(statistic, n, per_window)
    more = _explained(grid, stack, n, phi, statistic)
    return limit + more if statistic == "narrow" else limit * more


def judge(
    grid: CalibrationGrid,
    counts: Sequence[NDArray[Any]],
    moments: F,
    references: Sequence[Reference],
    *,
    phi: F,
    wanted: Sequence[int],
    per_window: float,
) -> list[list[WindowStatistic]]:
    """Judge the windows ``wanted``, oldest first; all of the grid's readings in its order.

    ``phi`` (f, W): the machine's own lag-1 autocorrelation before each wanted window; ``per_window``: false
    alarms for each window, all readings and statistics together. ValueError for other bins than the
    references'.
    """
    made: list[list[WindowStatistic]] = [[] for _ in references]
    if not references or not len(wanted):
        return made
    index = np.asarray(wanted, dtype=np.intp)
    seen, stack = see(counts, moments, references, grid.correlation), Stack.of(references)
    for statistic in STATISTICS:
        limit = grid.limits(statistic, seen.rows(statistic)[:, index], per_window)
        more = widened(grid, seen, stack, phi, index, statistic)
        limit = limit + more if statistic == "narrow" else limit * more
        for place, one in enumerate(_statistics_of(seen, statistic, index, limit)):
            made[place] += one
    return made


def _statistics_of(seen: Seen, statistic: str, index: I, limit: F) -> Iterator[list[WindowStatistic]]:
    """The spread is no shift, so that no tolerance for shifts holds it back."""
    values = seen.values[statistic][:, index]
    shifts = (seen.left if statistic == "beside" else seen.shift)[:, index]
    for place in range(values.shape[0]):
        yield [
            WindowStatistic(
                int(index[at]),
                statistic,
                int(seen.n[place, index[at]]),
                float(values[place, at]),
                float(limit[place, at]),
                None if statistic in ("narrow", "wide") else float(shifts[place, at]),
            )
            for at in range(index.size)
            if np.isfinite(values[place, at]) and np.isfinite(limit[place, at])
        ]
