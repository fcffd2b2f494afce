"""Hotelling's T² and Q in principal components: how far out parts lie, and how far off what goes together.

- T² is the distance within the components that carry ``KEPT`` of the variance of then, Q the squared rest
  (Jackson and Mudholkar 1979). Both are cross-fitted: components of the rows of then outside a fold score
  the rows of both sides inside it, so both sides are strangers to them.
- The limit is the ``LIMIT`` quantile of the rows of then.
- What carries a statistic is said by contributions (Miller, Swanson and Heckler 1998): a row's Q is the sum
  of squared residuals, its T² of each reading's part of the scores; shares of what they grew from then to
  now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute.multivariate.blocks import (
    FOLDS,
    Apart,
    Sides,
    apart,
    spread,
)

KEPT, LIMIT, CUT = 0.9, 0.99, 12.0
F = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Beyond:
    """``then`` and ``now``: shares of rows beyond ``limit``; ``ranked``: (place of the column, share of the
    growth), the most telling first, none where it did not grow."""

    limit: float
    then: float
    now: float
    apart: Apart
    ranked: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Subspace:
    """``t2`` and ``q``, and how many ``components`` of ``readings`` were kept."""

    t2: Beyond
    q: Beyond
    components: int
    readings: int


def subspace(rows: F, sides: Sides, *, seed: int = 0) -> Subspace | None:
    """T² and Q of ``rows`` (n, d); a gap counts as the mean. None where fewer than two readings vary."""
    z, places = _standardised(rows, sides.now)
    if z.shape[1] < 2:
        return None
    n, d = z.shape
    t2, q = np.zeros(n), np.zeros(n)
    parts = {"t2": np.zeros((n, d)), "q": np.zeros((n, d))}
    counts = []
    for fold in range(FOLDS):
        out = sides.fold == fold
        centre, axes, variance = _components(z[~out & ~sides.now])
        counts.append(len(variance))
        here = z[out] - centre
        scores = here @ axes
        rest = here - scores @ axes.T
        t2[out] = (scores**2 / variance).sum(axis=1)
        q[out] = (rest**2).sum(axis=1)
        parts["t2"][out] = here * ((scores / variance) @ axes.T)
        parts["q"][out] = rest**2
    random = np.random.default_rng(seed)
    made = {}
    for name, values in (("t2", t2), ("q", q)):
        limit = float(np.quantile(values[~sides.now], LIMIT))
        made[name] = Beyond(
            limit,
            float((values[~sides.now] > limit).mean()),
            float((values[sides.now] > limit).mean()),
            apart(values, sides, random),
            _ranked(parts[name], sides.now, places),
        )
    return Subspace(made["t2"], made["q"], int(np.median(counts)), d)


def _standardised(rows: F, now: NDArray[np.bool_]) -> tuple[F, list[int]]:
    """Columns of then's mean 0 and deviation 1, and which they are; those that never varied are left out."""
    known = np.isfinite(rows)
    mean, sd = spread(rows[~now], known[~now])
    places = np.flatnonzero(sd > 0)
    here = known[:, places]
    z = (np.where(here, rows[:, places], 0.0) - mean[places]) / sd[places]
    return np.where(here, np.clip(z, -CUT, CUT), 0.0), [int(at) for at in places]


def _components(z: F) -> tuple[F, F, F]:
    """Centre (d,), axes (d, k) and variances (k,) of the components that carry ``KEPT``, at least one and
    not all."""
    centre = z.mean(axis=0)
    variance, axes = np.linalg.eigh(np.cov(z - centre, rowvar=False))
    variance, axes = variance[::-1], axes[:, ::-1]
    carried = variance.cumsum() / max(float(variance.sum()), 1e-300)
    k = min(int(np.searchsorted(carried, KEPT)) + 1, z.shape[1] - 1)
    return centre, axes[:, :k], np.maximum(variance[:k], 1e-9)


def _ranked(parts: F, now: NDArray[np.bool_], places: list[int]) -> tuple[tuple[int, float], ...]:
    grown = np.maximum(parts[now].mean(axis=0) - parts[~now].mean(axis=0), 0.0)
    if grown.sum() <= 0:
        return ()
    shares = grown / grown.sum()
    return tuple(
        (places[at], float(shares[at])) for at in np.argsort(-shares, kind="stable") if shares[at] > 0
    )
