"""Processes without any drift, as plants have them, to count false alarms on. Vectorised over readings.

Each takes (random numbers, rows, readings) and gives float64 (rows, readings); readings are independent of
one another, and what a process is in (a shift, a tool's life, a regime) is common to all of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.data import ar1

F = np.ndarray
DAY = 480  # rows: three shifts
WARM = 1_000


def autoregressive(phi: float) -> Callable[[np.random.Generator, int, int], F]:
    return lambda rng, rows, d: ar1(rng, (rows, d), phi)


def outliers(rng: np.random.Generator, rows: int, d: int) -> F:
    """AR(1) .3 with 0.3 % of the values off by 8 deviations."""
    off = (rng.random((rows, d)) < 0.003) * rng.choice([-8.0, 8.0], (rows, d))
    return ar1(rng, (rows, d), 0.3) + off


def seasonal(rng: np.random.Generator, rows: int, d: int) -> F:
    """AR(1) .3 on a day of 480 rows whose three shifts have levels of their own, the same every day."""
    levels = rng.permuted(np.tile([-0.6, 0.0, 0.6], (d, 1)), axis=1).T
    shift = (np.arange(rows) + rng.integers(DAY)) % DAY * 3 // DAY
    return ar1(rng, (rows, d), 0.3) + levels[shift]


def worn(rng: np.random.Generator, rows: int, d: int) -> F:
    """AR(1) .3 on a ramp of 1.5 deviations that begins anew every 300 to 700 rows."""
    lives = rng.integers(300, 701, rows // 300 + 2)
    ramp = np.concatenate([np.linspace(0, 1.5, life, endpoint=False) for life in lives])
    start = rng.integers(lives[0])
    return ar1(rng, (rows, d), 0.3) + ramp[start : start + rows, None]


def wandering(rng: np.random.Generator, rows: int, d: int) -> F:
    """AR(1) .3 whose spread is exp of half an AR(1) .98."""
    return ar1(rng, (rows, d), 0.3) * np.exp(0.5 * ar1(rng, (rows, d), 0.98))


def garch(rng: np.random.Generator, rows: int, d: int) -> F:
    """GARCH(1,1) with .05, .1, .85 (Bollerslev 1986)."""
    noise = rng.standard_normal((rows + WARM, d))
    variance, values = np.ones(d), np.empty((rows + WARM, d))
    for at in range(rows + WARM):
        values[at] = np.sqrt(variance) * noise[at]
        variance = 0.05 + 0.1 * values[at] ** 2 + 0.85 * variance
    return values[WARM:]


def stuck(rng: np.random.Generator, rows: int, d: int) -> F:
    """AR(1) .5 that cannot go below a bound at which it is for 20 % of the rows."""
    return np.maximum(ar1(rng, (rows, d), 0.5), -0.8416)


def rounded(rng: np.random.Generator, rows: int, d: int) -> F:
    """AR(1) .5 rounded to three values."""
    return np.clip(np.round(ar1(rng, (rows, d), 0.5)), -1.0, 1.0)


def regimes(rng: np.random.Generator, rows: int, d: int) -> F:
    """AR(1) .3 in two regimes that change every 100 rows on average: levels one deviation apart."""
    which = np.cumsum(rng.random(rows) < 0.01) % 2
    return ar1(rng, (rows, d), 0.3) + which[:, None]


PROCESSES: dict[str, Callable[[np.random.Generator, int, int], F]] = {
    "AR(1) 0": autoregressive(0.0),
    "AR(1) .25": autoregressive(0.25),
    "AR(1) .5": autoregressive(0.5),
    "AR(1) .9": autoregressive(0.9),
    "outliers": outliers,
    "seasonal": seasonal,
    "worn": worn,
    "wandering": wandering,
    "garch": garch,
    "stuck": stuck,
    "rounded": rounded,
    "regimes": regimes,
}
HOME = tuple(PROCESSES)[:4]
