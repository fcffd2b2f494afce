"""A spread that wanders: what of it the reference shows, and drawing it. Pure.

- A reading's innovations are e · exp(h), with e of fixed spread and h an AR(1) of its own: a stochastic
  volatility (Taylor 1982). It stands for what clusters, GARCH included: what counts is how much the spread of
  windows varies, and for how long.
- h is read from the autocovariances of log|innovation| at lags above 0, to which e adds nothing (Harvey, Ruiz
  and Shephard 1994). It is believed where they add up to more than ``SURE`` standard errors at one of
  ``MEMORIES``; else the spread is steady.
- Given h a value is normal, so the reading's own scale is a mixture of normals: ``scores`` goes there from
  normal scores, which had pressed the bursts flat.
- A spread bursts further than it calms down, in GARCH as on a line: h is skewed by ``SKEW``.
- Each draw has a deviation and a memory of its own, out of their sampling law; the noise around h leaves the
  memory about twice as unsure as the variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

F = NDArray[np.float64]
MEMORIES = (5, 10, 20, 40, 80, 160, 320, 640)  # rows, (1 + ρ) / (1 - ρ)
SURE = 3.5
SD_MOST = 1.2
LAGS_MOST = 800
LOW = 0.02  # of the innovations: nearer to 0 than these they say nothing of the spread
ROUNDS = 4
SKEW = 0.2  # of a shifted lognormal, whose skewness is three times it
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
REACH = np.sinh(np.linspace(-5.0, 5.0, 1201)) * (9.0 / np.sinh(5.0))


@dataclass(frozen=True, slots=True)
class Spread:
    """Of each reading (d,): deviation ``sd`` of the spread's logarithm (0: steady), its ``memory`` in rows
    and the relative standard error ``doubt`` of its variance; ``mixing`` (d, c) of the readings' h."""

    sd: F
    memory: F
    doubt: F
    mixing: F

    @classmethod
    def steady(cls, d: int) -> Spread:
        return cls(np.zeros(d), np.ones(d), np.zeros(d), np.eye(d))

    @property
    def scale(self) -> F:
        """By how much the grid of scores is stretched, so that bursts have room on it."""
        return np.exp(2 * self.sd)

    def drawn(self, rng: np.random.Generator) -> Spread:
        """Deviations and memories out of their sampling law."""
        if not self.sd.any():
            return self
        factor = np.exp(self.doubt[None] * rng.standard_normal((2, self.sd.size)) * [[0.5], [2.0]])
        return Spread(
            np.minimum(self.sd * factor[0], SD_MOST),
            np.maximum(self.memory * factor[1], 1.0),
            self.doubt,
            self.mixing,
        )

    def draw(self, rows: int, rng: np.random.Generator) -> F | None:
        """What the innovations are multiplied with (rows, d); None where all are steady."""
        from scipy.signal import lfilter  # here: it takes long to load, and few tasks need it

        if not self.sd.any():
            return None
        noise = rng.standard_normal((rows + 1, self.mixing.shape[1])) @ self.mixing.T
        for place in np.flatnonzero(self.sd):
            rho = (self.memory[place] - 1) / (self.memory[place] + 1)
            series, _end = lfilter(
                [np.sqrt(1 - rho**2)], [1.0, -rho], noise[1:, place], zi=[rho * noise[0, place]]
            )
            noise[1:, place] = np.exp(self.sd[place] * skewed(series))
        noise[:, self.sd == 0] = 1.0
        return noise[1:]


def learned(innovations: F) -> tuple[float, float, float]:
    """(sd, memory in rows, relative standard error of the variance) of the spread behind ``innovations``
    (m,); (0, 1, 0) where it is steady."""
    m = innovations.size
    size = np.abs(innovations)
    least = float(np.quantile(size, LOW))
    if m < 100 or least <= 0:
        return 0.0, 1.0, 0.0
    y = np.log(np.maximum(size, least))
    y -= y.mean()
    most = min(m // 4, LAGS_MOST)
    spectrum = np.abs(np.fft.rfft(y, 2 * m)) ** 2
    covariance = np.fft.irfft(spectrum)[: most + 1] / m
    lag = np.arange(1, most + 1)
    best, sure = (0.0, 1.0, 0.0, np.inf), 0.0
    for memory in np.geomspace(2.0, max(4.0, m / 6), 40):
        rho = (memory - 1) / (memory + 1)
        plain = rho**lag
        base = plain - memory / m  # the mean was taken off
        error = covariance[0] / np.sqrt(m * (plain @ plain))
        sure = max(sure, float(plain @ covariance[1:] / (plain @ plain) / error))
        variance = float(base @ covariance[1:] / (base @ base))
        left = float(((covariance[1:] - variance * base) ** 2).sum())
        if left < best[3]:
            relative = np.hypot(error / max(variance, 1e-9), np.sqrt((memory + 1 / memory) / m))
            best = (variance, float(memory), float(min(relative, 0.7)), left)
    if sure < SURE or best[0] <= 0:
        return 0.0, 1.0, 0.0
    return min(float(np.sqrt(best[0])), SD_MOST), best[1], best[2]


def shrunk(sd: F, memory: F, doubt: F) -> tuple[F, F]:
    """Deviations and memories (d,) drawn toward what the readings have in common, as far as their doubt
    explains that they differ (Efron & Morris 1975)."""
    wanders = np.flatnonzero(sd)
    if wanders.size < 3:
        return sd, memory
    made = []
    for values, error in ((sd, doubt / 2), (memory, doubt)):
        logs, noise = np.log(values[wanders]), np.maximum(error[wanders], 1e-3) ** 2
        centre = np.average(logs, weights=1 / noise)
        between = max(0.0, float(np.var(logs, ddof=1) - noise.mean()))
        pooled = values.copy()
        pooled[wanders] = np.exp(centre + (logs - centre) * between / (between + noise))
        made.append(pooled)
    return made[0], made[1]


def scores(normal: F, sd: float) -> F:
    """Normal scores → scores of a mixture of normals whose deviation's logarithm has deviation ``sd``."""
    if sd <= 0:
        return normal
    deviations = np.exp(sd * skewed(NODES))
    at = REACH * float(np.exp(2 * sd))
    tail = (ndtr(-np.abs(at)[:, None] / deviations) @ WEIGHTS) / WEIGHTS.sum()
    z = np.sign(at) * -ndtri(np.clip(tail, 1e-300, 0.5))
    return np.interp(normal, z, at)


def skewed(normal: F) -> F:
    """Normal deviates → deviates of mean 0 and deviation 1 that are skewed by ``SKEW``."""
    whole = np.expm1(SKEW * normal - SKEW**2 / 2) / np.sqrt(np.expm1(SKEW**2))
    return np.asarray(whole, dtype=np.float64)


def mixing_of(innovations: F, sd: F, memory: F) -> F:
    """How the readings' spreads go together, from innovations (m, d): (d, d)."""
    d = sd.size
    wanders = np.flatnonzero(sd)
    mixing = np.eye(d)
    block = int(np.clip(np.median(memory[wanders]) / 2, 5, 50)) if wanders.size else 1
    count = len(innovations) // block
    if wanders.size < 2 or count < 8:
        return mixing
    y = np.log(np.maximum(np.abs(innovations[: count * block, wanders]), 1e-6))
    means = y.reshape(count, block, -1).mean(axis=1)
    correlation = np.corrcoef(means, rowvar=False)
    noise = 4 / np.sqrt(count)  # what is no more than chance is left out
    correlation = np.where(np.abs(correlation) > noise, correlation, 0.0)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    part = vectors * np.sqrt(np.maximum(values, 0.0))
    mixing[np.ix_(wanders, wanders)] = part / np.sqrt((part**2).sum(axis=1, keepdims=True))
    return mixing
