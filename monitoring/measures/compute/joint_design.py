"""The limit of a joint chart, and how sure its reference lets us be of it.

Mean, spread, correlation and autocorrelation of p parts come from n rows, and what they leave unknown
weighs more the more parts there are (Jensen et al. 2006; Champ, Jones-Farmer and Rigdon 2005 for T²). It is
told by simulation: from the fitted model ``REFERENCES`` references are drawn, each gives a chart, and each
chart watches streams of the same model. A chart with a rate of its own acts like one that knows everything
and has its limit at another place; that place, a factor on the limit, is what a simulation at a rate that
can be counted teaches about limits beyond. The limit is set so that the rate of alarms averaged over the
references is the promised one.

- Rows are the residuals of the reference, drawn anew, where there are ``innovations.ENOUGH``; normal below.
- The seed is fixed, so the same reference has the same limit; the work is bounded, whatever is wanted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.measures.compute import innovations, mewma
from monitoring.measures.compute.design import WITHIN, Design, unknown
from monitoring.measures.compute.joint_whitening import (
    FLAT,
    JointWhitener,
    correlation_of,
    shrunk,
    spread_of,
)

LAM = 0.1
REFERENCES, STREAMS = 200, 40
SHORTEST, LENGTH = 200, 1600  # values of each stream that are counted
COUNTABLE = 2000.0  # the longest run length that is counted and not concluded
BEFORE = 60
GRID = 60
F32 = np.float32


@dataclass(frozen=True, slots=True)
class Curve:
    """Run lengths of a chart that knows everything: ``levels`` of T² (m,), rising, and ``logs`` (m,)."""

    levels: NDArray[np.float64]
    logs: NDArray[np.float64]

    def log_of(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        slope = (self.logs[-1] - self.logs[-2]) / (self.levels[-1] - self.levels[-2])
        beyond = np.maximum(0.0, levels - self.levels[-1]) * slope
        return np.interp(levels, self.levels, self.logs) + beyond

    def level_of(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.interp(logs, self.logs, self.levels)


def curve_of(p: int, arl: float) -> Curve:
    top = mewma.limit_for(p, LAM, 8 * max(arl, COUNTABLE))
    levels = np.linspace(0.02 * top, top, GRID)
    logs = [math.log(mewma.run_length_of(p, LAM, float(one))) for one in levels]
    return Curve(levels, np.maximum.accumulate(logs))


def design(white: JointWhitener, residuals: NDArray[np.float64], *, arl: float) -> Design:
    """The limit on T² for a false alarm in ``arl`` > 1 rows; ``residuals`` float (n, p) of the reference."""
    n, p = residuals.shape
    random = np.random.default_rng(20)
    curve = curve_of(p, arl)
    charts = _charts(white, residuals, random)
    limit = float(curve.level_of(np.array([math.log(arl)]))[0])
    factors = np.ones(REFERENCES)
    counted = min(arl, COUNTABLE)
    length = int(min(max(counted, SHORTEST), LENGTH))
    for share in (4, 1):
        # where alarms are too rare to be counted, they are counted at a lower limit
        at = min(limit, _solve(curve, factors, counted))
        rates = _rates(charts, at, length // share, random)
        factors = curve.level_of(-np.log(rates)) / at
        limit = _solve(curve, factors, arl)
    logs = np.sort(curve.log_of(factors * limit))
    low, high = (float(one) for one in np.quantile(logs, [0.05, 0.95]))
    needed = math.ceil(n * ((high - low) / 2 / math.log(WITHIN)) ** 2)
    return Design(limit, arl, math.exp(low), math.exp(high), needed)


def _solve(curve: Curve, factors: NDArray[np.float64], arl: float) -> float:
    """The limit at which the rates, averaged over the references, are 1 in ``arl``."""
    low, high = 0.0, float(curve.levels[-1]) / float(factors.min())
    for _ in range(50):
        middle = (low + high) / 2
        rate = float(np.exp(-curve.log_of(factors * middle)).mean())
        low, high = (middle, high) if rate * arl > 1 else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True, slots=True)
class _Charts:
    """What charts of drawn references do to a row of the true model: x ← turn · row - offset. ``rows`` float
    (n, p) to draw from; None where rows are normal, independent and of spread 1."""

    turn: NDArray[np.float32]
    offset: NDArray[np.float32]
    rows: NDArray[np.float32] | None


def _charts(white: JointWhitener, residuals: NDArray[np.float64], random: np.random.Generator) -> _Charts:
    n, p = residuals.shape
    root = np.asarray(np.linalg.cholesky(white.correlation), dtype=np.float64)
    rows = _rows(residuals, root)
    means, covariances = np.empty((REFERENCES, p)), np.empty((REFERENCES, p, p))
    for one in range(REFERENCES):
        drawn = random.normal(size=(n, p)) @ root.T if rows is None else rows[random.integers(n, size=n)]
        means[one], covariances[one] = drawn.mean(axis=0), np.cov(drawn, rowvar=False)
    spreads = spread_of(covariances) * np.exp(_lasting(white, n, random))
    roots = np.linalg.cholesky(shrunk(correlation_of(covariances), n))
    turn = np.linalg.solve(roots, np.eye(p) / spreads[:, None, :])
    if white.cross:
        # each coefficient on one another is unknown by 1/√n, in rows turned to be uncorrelated
        off = random.normal(size=turn.shape) * math.sqrt(len(white.cross) / n)
        turn = (np.eye(p) + (1 - LAM) * off) @ turn
    offset = np.einsum("rij,rj->ri", turn, means)
    if rows is None:
        return _Charts((turn @ root).astype(F32), offset.astype(F32), None)
    return _Charts(turn.astype(F32), offset.astype(F32), rows.astype(F32))


def _rows(residuals: NDArray[np.float64], root: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Rows to draw from, of mean 0 and the fitted correlation; None: normal ones."""
    if len(residuals) < innovations.ENOUGH or residuals.std(axis=0).min() < FLAT:
        return None
    centred = residuals - residuals.mean(axis=0)
    back = root @ np.linalg.inv(np.linalg.cholesky(np.cov(centred, rowvar=False)))
    return np.asarray(centred @ back.T, dtype=np.float64)


def _lasting(white: JointWhitener, n: int, random: np.random.Generator) -> NDArray[np.float64]:
    """How far the autocorrelation left unknown acts as a spread (references, p), in logarithms; parts that
    move together are mistaken together."""
    deviations = [
        unknown(n, kurtosis=1.0, memory=one.memory, looks_back=1 / LAM).scale for one in white.parts
    ]
    root = np.linalg.cholesky(np.square(white.correlation))
    return np.asarray((random.normal(size=(REFERENCES, len(deviations))) @ root.T) * deviations)


def _rates(charts: _Charts, limit: float, length: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Alarms a row of each chart (references,): counted, and drawn towards their mean by what counting
    leaves unknown (Gamma and Poisson, empirical Bayes)."""
    p = charts.turn.shape[1]
    hits = np.zeros(REFERENCES)
    z = np.zeros((REFERENCES, STREAMS, p), dtype=F32)
    on = np.zeros((REFERENCES, STREAMS), dtype=bool)
    turn, offset = charts.turn.transpose(0, 2, 1), charts.offset[:, None, :]
    for at in range(BEFORE + length):
        if charts.rows is None:
            fresh = random.standard_normal(size=z.shape, dtype=F32)
        else:
            fresh = charts.rows[random.integers(len(charts.rows), size=on.shape)]
        z += F32(LAM) * (fresh - z)
        x = z @ turn - offset
        t2 = F32((2 - LAM) / LAM) * np.einsum("rsp,rsp->rs", x, x)
        out = t2 > limit
        if at >= BEFORE:
            hits += (out & ~on).sum(axis=1)
        on = out | (on & (t2 > p))
    expected = max(float(hits.mean()), 0.5)
    spread = max(1e-4, float(hits.var() - expected) / expected**2)
    return np.asarray((hits + 1 / spread) / (expected + 1 / spread) * expected / (STREAMS * length))
