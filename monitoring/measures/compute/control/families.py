"""What the points of each control chart are, and how far each lies from its centre in deviations.

- ``xbar_r``, ``xbar_s``: the mean of a subgroup, with its range or deviation; σ within subgroups is R̄ / d2,
  or the pooled deviation over c4.
- ``i_mr``: one value, with the range to the one before it; σ is the mean moving range over 1.128.
- ``p`` (in percent), ``np``: how many of ``size`` are not in order (binomial); ``c``, ``u``: how many faults,
  on one unit or on ``size`` of them (Poisson).

The score of a mean is (x̄ - centre) √n / σ. Counts and spreads are not normal, so theirs is the normal
quantile of their exact tail: P(as many or more) above the median, P(as many or fewer) below. A count's score
is then beyond L no more often than a normal value is (Quesenberry 1991 charts the same without that care).
Textbook lines are 3 σ (AIAG SPC 2nd ed.; NIST/SEMATECH e-Handbook 6.3).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import binom, chi2, poisson

from monitoring.measures.compute.control import constants

Array = NDArray[np.float64]
FAR = 8.0
SUBGROUPED, COUNTED = ("xbar_r", "xbar_s"), ("p", "np", "c", "u")
FAMILIES = (*SUBGROUPED, "i_mr", *COUNTED)
PERCENT = 100.0


class Unfit(ValueError):
    """``reason``: "constant", "no_within", "no_size", "no_spread"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Points:
    """``value`` as charted, ``size`` (NaN where none was told) and ``spread`` of each point, float (n,)."""

    value: Array
    size: Array
    spread: Array

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float | None, float | None]]) -> Points:
        table = np.array(rows, dtype=np.float64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def counts(self, family: str) -> tuple[Array, Array]:
        """(how many, of how many) of a chart of counts."""
        if family == "p":
            return np.rint(self.value * self.size / PERCENT), self.size
        if family == "np":
            return np.rint(self.value), self.size
        return (np.rint(self.value * self.size), self.size) if family == "u" else (
            np.rint(self.value), np.ones_like(self.value),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Centre:
    """``middle``: of the points (a share, not percent, for p and np); ``within``: σ of single values inside
    subgroups, 0 for counts; ``size``: the usual one."""

    family: str
    middle: float
    within: float
    size: float
    spread: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in ("family", "middle", "within", "size", "spread")}


@dataclass(frozen=True, slots=True)
class Lines:
    """Textbook lines of one point: lower, centre, upper; of its spread too where it has one."""

    level: tuple[float, float, float]
    spread: tuple[float, float, float] | None = field(default=None)


def centre_of(points: Points, family: str) -> Centre:
    """What the reference says; Unfit where it cannot be charted."""
    if family in COUNTED:
        many, of = points.counts(family)
        if not np.isfinite(of).all() or (of <= 0).any():
            raise Unfit("no_size")
        total, whole = float(many.sum()), float(of.sum())
        # none in the whole reference is no proof of none ever: half a one (Jeffreys)
        return Centre(family, (total or 0.5) / whole, 0.0, float(np.median(of)))
    if family == "i_mr":
        moved = np.abs(np.diff(points.value))
        within, spread, size = float(moved.mean()) / constants.d2(2), float(moved.mean()), 1.0
    else:
        within, spread, size = _within(points, family)
    middle = float(np.average(points.value, weights=None if family == "i_mr" else points.size))
    if not within > 1e-12 * max(abs(middle), 1e-300):
        raise Unfit("constant" if np.ptp(points.value) == 0 else "no_within")
    return Centre(family, middle, within, size, spread)


def _within(points: Points, family: str) -> tuple[float, float, float]:
    """σ within, the mean range or deviation, and the usual size."""
    size, spread = points.size, points.spread
    if not np.isfinite(size).all() or (size < 2).any():
        raise Unfit("no_size")
    if not np.isfinite(spread).all():
        raise Unfit("no_spread")
    usual = float(np.median(size))
    if family == "xbar_r":
        each = np.array([constants.d2(min(int(n), constants.MOST_RANGED)) for n in size])
        return float((spread / each).mean()), float(spread.mean()), usual
    pooled = math.sqrt(float(((size - 1) * spread**2).sum() / (size - 1).sum()))
    return pooled / constants.c4(float((size - 1).sum()) + 1), float(spread.mean()), usual


def level_scores(points: Points, centre: Centre) -> Array:
    """How far each point lies from the centre, in deviations; float (n,), cut at ``FAR``."""
    if centre.family not in COUNTED:
        root = 1.0 if centre.family == "i_mr" else np.sqrt(points.size)
        return np.clip((points.value - centre.middle) * root / centre.within, -FAR, FAR)
    many, of = points.counts(centre.family)
    if centre.family in ("p", "np"):
        at_least, at_most = binom.sf(many - 1, of, centre.middle), binom.cdf(many, of, centre.middle)
    else:
        at_least, at_most = poisson.sf(many - 1, of * centre.middle), poisson.cdf(many, of * centre.middle)
    return _scores(at_least, at_most)


def spread_scores(points: Points, centre: Centre, before: float | None = None) -> Array | None:
    """The same of the spread inside each point; None for counts. ``before``: the value before the first one,
    without which a moving range begins with 0."""
    if centre.family in COUNTED:
        return None
    if centre.family == "i_mr":
        first = points.value[:1] if before is None else [before]
        moved = np.abs(np.diff(np.concatenate([first, points.value])))
        above = 2 * ndtr(-moved / (centre.within * math.sqrt(2)))
        return _scores(above, 1 - above)
    if centre.family == "xbar_s":
        sums = (points.size - 1) * (points.spread / centre.within) ** 2
        return _scores(chi2.sf(sums, points.size - 1), chi2.cdf(sums, points.size - 1))
    below = np.empty(points.value.size)
    sizes = np.minimum(points.size, constants.MOST_RANGED)
    for n in np.unique(sizes):
        mine = sizes == n
        below[mine] = constants.range_cdf(points.spread[mine] / centre.within, int(n))
    return _scores(1 - below, below)


def _scores(at_least: Array, at_most: Array) -> Array:
    up, down = -ndtri(np.clip(at_least, 1e-300, 1.0)), ndtri(np.clip(at_most, 1e-300, 1.0))
    score = np.where(at_least < at_most, np.maximum(up, 0.0), np.minimum(down, 0.0))
    return np.clip(score, -FAR, FAR)


def lines_of(centre: Centre, size: float) -> Lines:
    """The textbook's lines for a point of ``size``."""
    family, middle = centre.family, centre.middle
    if family == "i_mr":
        wide = 3 * centre.within
        return Lines((middle - wide, middle, middle + wide), (0.0, centre.spread, centre.spread * 3.2665))
    if family in SUBGROUPED:
        wide = 3 * centre.within / math.sqrt(size)
        return Lines((middle - wide, middle, middle + wide), _spread_lines(centre, size))
    scale = {"p": PERCENT, "np": size, "c": 1.0, "u": 1.0}[family]
    variance = (
        middle * (1 - middle) / size if family in ("p", "np") else middle / (size if family == "u" else 1)
    )
    wide = 3 * math.sqrt(variance)
    most = 1.0 if family in ("p", "np") else math.inf
    return Lines((max(0.0, middle - wide) * scale, middle * scale, min(most, middle + wide) * scale))


def _spread_lines(centre: Centre, size: float) -> tuple[float, float, float]:
    if centre.family == "xbar_r":
        n = min(int(size), constants.MOST_RANGED)
        mean, (low, high) = constants.d2(n) * centre.within, constants.range_limits(n)
    else:
        mean, (low, high) = constants.c4(size) * centre.within, constants.deviation_limits(size)
    return low * mean, mean, high * mean
