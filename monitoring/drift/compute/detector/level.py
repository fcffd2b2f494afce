"""A level that moves on its own: a day of shifts, a tool that wears and is changed, a regime. Pure.

An autoregression of few lags cannot say how such a level goes on, and one of many makes it wander further
than it ever did. So it is taken from the reference as it was, smoothed over ``SMOOTH`` rows, and drawn again
in stretches (stationary bootstrap; Politis & Romano 1994): ``TIMES`` its memory long, so that what came by
chance comes otherwise, and ``SHARE`` of the reference where it comes back as it was, so that whole cycles
stay whole. Bounds stay bounds. Half of what the smoothing holds of noise is taken off its size: the other
half is missing from what is left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute.multivariate.blocks import memories

F = NDArray[np.float64]
SMOOTH = 25  # rows
SHARE, TIMES = 0.4, 5.0
RECURS = 0.5  # autocorrelation after it had vanished once, from which a level comes back as it was
LOOKED_AT = 40  # lags: where more are needed than an autoregression takes, the level moves on its own
ROWS_LEAST = 800


def slow_of(values: F) -> F:
    """The level (m,) of a reading (m,), of mean 0."""
    m = values.size
    sums = np.r_[0.0, np.cumsum(values - values.mean())]
    half = SMOOTH // 2
    low, high = np.maximum(np.arange(m) - half, 0), np.minimum(np.arange(m) + half + 1, m)
    path = (sums[high] - sums[low]) / (high - low)
    left = values - values.mean() - path
    noise = float(left.var() * memories(left[:, None])[0] / SMOOTH)
    variance = float(path.var())
    return path * np.sqrt(max(0.0, 1 - noise / 2 / variance)) if variance > 0 else path


def length_of(paths: F) -> float:
    """Rows of a stretch of ``paths`` (m, d), about; as long as the slowest wants it."""
    m, longest = len(paths), 1.0
    for path in paths.T:
        if not path.any():
            continue
        rho = np.fft.irfft(np.abs(np.fft.rfft(path - path.mean(), 2 * m)) ** 2)[: m // 2]
        rho /= rho[0]
        zero = int(np.argmax(rho <= 0)) or rho.size
        recurs = rho[zero:].max(initial=0.0) > RECURS
        memory = 2 * float(rho[:zero].sum()) - 1
        longest = max(longest, SHARE * m if recurs else min(SHARE * m, TIMES * memory))
    return longest


def drawn(paths: F, length: float, rows: int, rng: np.random.Generator) -> F:
    """Stretches of ``paths`` (m, d) in a row, ``length`` rows on average, all readings at the same moments:
    (rows, d)."""
    m = len(paths)
    starts = rng.random(rows) < 1 / max(1.0, length)
    starts[0] = True
    begun = np.flatnonzero(starts)
    lengths = np.diff(np.r_[begun, rows])
    first = rng.integers(0, m, begun.size)
    at = np.repeat(first - begun, lengths) + np.arange(rows)
    return paths[at % m]
