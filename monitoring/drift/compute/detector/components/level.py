"""A level that moves on its own: a day of shifts, a tool that wears and is changed, a regime. Pure.

An autoregression of few lags cannot say how such a level goes on, and one of many makes it wander further
than it ever did. So it is taken from the reference as it was, smoothed over ``SMOOTH`` rows, and bounds stay
bounds.

- One that comes back as it was (a day of shifts) is drawn again in stretches of ``SHARE`` of the reference
  (stationary bootstrap; Politis & Romano 1994), so that whole cycles stay whole.
- One that came by chance (a regime) may stay for longer than it ever did: it is drawn with its distribution
  and its memory (Gaussian copula of an AR(1); Nelsen 2006, chapter 5).

Half of what the smoothing holds of noise is taken off its size: the other half is missing from what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from monitoring.drift.compute.multivariate.blocks import memories

F = NDArray[np.float64]
SMOOTH = 25  # rows
SHARE, TIMES = 0.4, 5.0
RECURS = 0.5  # autocorrelation after it had vanished once, from which a level comes back as it was
LOOKED_AT = 40  # lags: where more are needed than an autoregression takes, the level moves on its own
ROWS_LEAST = 800
STEP, KEEP_MOST = 12, 0.99  # rows from knot to knot of what is drawn by chance


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


@dataclass(frozen=True, slots=True)
class Level:
    """``paths`` (m, d); drawn in stretches of ``stretch`` rows where it comes back as it was, else by chance:
    an AR(1) of ``keep`` (d,) over ``STEP`` rows whose noise is mixed by ``mixing`` (d, c)."""

    paths: F
    stretch: float
    keep: F | None
    mixing: F

    def drawn(self, rows: int, rng: np.random.Generator) -> F:
        """``rows`` of all readings at the same moments: (rows, d)."""
        if self.keep is None:
            return stretches(self.paths, self.stretch, rows, rng)
        return self._by_chance(rows, rng)

    def _by_chance(self, rows: int, rng: np.random.Generator) -> F:
        """Each draw has its own memory, out of its sampling law."""
        from scipy.signal import lfilter  # here: it takes long to load, and few tasks need it

        assert self.keep is not None
        m, d = self.paths.shape
        sure = np.sqrt((1 - self.keep**2) * STEP / m)
        keep = np.clip(self.keep + sure * rng.standard_normal(d), 0.0, KEEP_MOST)
        noise = rng.standard_normal((rows // STEP + 2, self.mixing.shape[1])) @ self.mixing.T
        for place in range(d):
            new = np.r_[noise[0, place], noise[1:, place] * np.sqrt(1 - keep[place] ** 2)]
            noise[:, place] = lfilter([1.0], [1.0, -keep[place]], new)
        knots = np.arange(len(noise)) * STEP
        levels = (np.arange(m) + 0.5) / m
        made = np.empty((rows, d))
        for place in range(d):
            scores = np.interp(np.arange(rows), knots, noise[:, place])
            made[:, place] = np.interp(ndtr(scores), levels, np.sort(self.paths[:, place]))
        return made


def learned(paths: F) -> Level:
    """Of paths (m, d), 0 where a reading has none."""
    m, d = paths.shape
    longest, back, keep = 1.0, False, np.zeros(d)
    for place in range(d):
        if not paths[:, place].any():
            continue
        memory, recurs = _memory(paths[:, place])
        keep[place] = ((memory - 1) / (memory + 1)) ** STEP
        longest = max(longest, SHARE * m if recurs else min(SHARE * m, TIMES * memory))
        back = back or recurs
    moves = np.flatnonzero(paths.any(axis=0))
    mixing = np.zeros((d, d))
    with np.errstate(invalid="ignore", divide="ignore"):
        values, vectors = np.linalg.eigh(np.corrcoef(paths[:, moves], rowvar=False).reshape(moves.size, -1))
    mixing[np.ix_(moves, moves)] = vectors * np.sqrt(np.maximum(values, 0.0))
    return Level(paths, longest, None if back else keep, mixing)


def _memory(path: F) -> tuple[float, bool]:
    """Integrated memory in rows, and whether it comes back as it was."""
    m = path.size
    rho = np.fft.irfft(np.abs(np.fft.rfft(path - path.mean(), 2 * m)) ** 2)[: m // 2]
    rho /= rho[0]
    zero = int(np.argmax(rho <= 0)) or rho.size
    return 2 * float(rho[:zero].sum()) - 1, bool(rho[zero:].max(initial=0.0) > RECURS)


def stretches(paths: F, length: float, rows: int, rng: np.random.Generator) -> F:
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
