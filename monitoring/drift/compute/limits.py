"""Limits that hold for the sample size, the autocorrelation and the number of questions asked. Pure.

- All statistics of an asset share one budget of false alarms (Bonferroni over features, statistics and the
  windows of a week), so the promise “at most so many a week” needs no independence.
- A window of n parts whose neighbours resemble each other (AR(1), lag-1 φ) tells as much about a mean as
  n / V_n(φ) independent parts (Bayley & Hammersley 1946).
- PSI · n is asymptotically a sum of weighted χ²₁, with weights 1 for independent parts (Yurdakul 2018). Of a
  Gaussian AR(1) the j-th Hermite contrast has lag-1 φ^j, so its weight is V_n(φ^j); the tail is Kuonen's
  (1999) saddlepoint.
- KS has Kolmogorov's tail for the effective sizes of both samples, with Stephens' (1970) correction.
- The reference is a sample too: its own effective size m enters every limit as 1/n + 1/m.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr, ndtri

WEEK_SECONDS = 7 * 86_400
PHI_MOST = 0.995
MISSING_MATTERS, UNSEEN_MATTERS = 0.05, 0.01  # of the parts
F = NDArray[np.float64]


def alpha_of(*, per_week: float, window_seconds: float, tests: int) -> float:
    """The share of windows in which one of ``tests`` statistics may be over its limit by chance.

    ``per_week`` false alarms of one asset, windows of ``window_seconds``; ValueError where one is 0 or less.
    """
    if per_week <= 0 or window_seconds <= 0 or tests < 1:
        raise ValueError("a budget needs alarms, seconds and tests above 0")
    return min(0.05, per_week * window_seconds / WEEK_SECONDS / tests)


def inflation(n: ArrayLike, phi: ArrayLike) -> F:
    """V_n(φ): the variance of a mean of n AR(1) values over that of n independent ones; 1 to n.

    V_n = 1 + 2 Σ_{k<n} (1 - k/n) φ^k; negative φ counts as 0. Shapes broadcast.
    """
    count = np.maximum(np.asarray(n, dtype=np.float64), 1.0)
    lag = np.clip(np.asarray(phi, dtype=np.float64), 0.0, PHI_MOST)
    whole = (1 + lag) / (1 - lag) - 2 * lag * (1 - lag**count) / (count * (1 - lag) ** 2)
    return np.clip(whole, 1.0, count)


def effective(n: ArrayLike, phi: ArrayLike) -> F:
    """How many independent values n autocorrelated ones are worth (for a mean)."""
    count = np.asarray(n, dtype=np.float64)
    return count / inflation(count, phi)


def weighted_chi2_limit(weights: ArrayLike, alpha: float) -> F:
    """x with P(Σ w_j χ²₁ > x) = alpha; weights (…, j) above 0, result (…).

    Kuonen 1999, Biometrika 86: Lugannani-Rice on the cumulant generating function, which is swept over its
    whole range instead of being inverted.
    """
    w = np.asarray(weights, dtype=np.float64)
    largest = w.max(axis=-1, keepdims=True)
    near = 1 - 10.0 ** -np.geomspace(0.02, 4.0, 400)
    t = (near / (2 * largest))[..., None, :]
    room = 1 - 2 * w[..., :, None] * t
    k0 = -0.5 * np.log(room).sum(axis=-2)
    x = (w[..., :, None] / room).sum(axis=-2)
    k2 = 2 * ((w[..., :, None] / room) ** 2).sum(axis=-2)
    t = t[..., 0, :]
    u = np.sqrt(np.maximum(2 * (t * x - k0), 1e-12))
    tail = log_ndtr(-(u + np.log(t * np.sqrt(k2) / u) / u))
    flat_tail, flat_x = tail.reshape(-1, tail.shape[-1]), x.reshape(-1, x.shape[-1])
    quantiles = [np.interp(-np.log(alpha), -one, at) for one, at in zip(flat_tail, flat_x, strict=True)]
    return np.asarray(quantiles, dtype=np.float64).reshape(w.shape[:-1])


def psi_limit(
    *, n: ArrayLike, phi: ArrayLike, bins: ArrayLike, m: ArrayLike, alpha: float, widen: ArrayLike = 1.0
) -> F:
    """The limit of a PSI over ``bins`` bins of n parts against a reference worth m parts; dimensionless.

    ``widen``: how much more the machine's own past varies than AR(1) says, 1 or more. Shapes broadcast. Below
    two bins nothing can be said: infinite.
    """
    size, lag, groups, learned, wide = np.broadcast_arrays(
        *(np.asarray(one, dtype=np.float64) for one in (n, phi, bins, m, widen))
    )
    powers = np.arange(1, max(2, int(groups.max())))
    used = powers < groups[..., None]
    parts = np.maximum(size, 1.0)[..., None]
    weights = inflation(parts, lag[..., None] ** powers) * wide[..., None] / parts
    weights = np.where(used, weights + 1.0 / np.maximum(learned, 1.0)[..., None], 0.0)
    judged = groups >= 2
    limit = weighted_chi2_limit(np.where(judged[..., None], weights, 1.0), alpha)
    return np.where(judged, limit, np.inf)


def ks_limit(*, n: ArrayLike, m: ArrayLike, alpha: float) -> F:
    """The limit of the two-sample KS distance for effective sizes n and m; above 1 nothing can reach it."""
    here, learned = np.asarray(n, dtype=np.float64), np.asarray(m, dtype=np.float64)
    size = np.sqrt(here * learned / (here + learned))
    return np.asarray(np.sqrt(-np.log(alpha / 2) / 2) / (size + 0.12 + 0.11 / size), dtype=np.float64)


def missing_limit(*, n: ArrayLike, expected: ArrayLike, alpha: float) -> F:
    """The limit of the share of missing values among n: the larger of what chance brings with ``alpha`` (a
    binomial's upper quantile) and ``MISSING_MATTERS`` above the share that was learned."""
    return _share_limit(n, expected, alpha, MISSING_MATTERS)


def unseen_limit(*, n: ArrayLike, expected: ArrayLike, alpha: float) -> F:
    """The limit of the share of words that were never learned among n, as ``missing_limit``."""
    return _share_limit(n, expected, alpha, UNSEEN_MATTERS)


def _share_limit(n: ArrayLike, expected: ArrayLike, alpha: float, matters: float) -> F:
    from scipy.stats import binom

    size = np.maximum(np.asarray(n, dtype=np.float64), 1.0)
    share = np.clip(np.asarray(expected, dtype=np.float64), 1e-6, 1.0)
    chance = binom.isf(alpha, np.floor(size), share) / size
    return np.asarray(np.maximum(chance, share + matters), dtype=np.float64)


def mean_limit(*, alpha: float) -> float:
    """The limit of a mean's distance from the reference, in its own standard errors."""
    return float(-ndtri(alpha / 2))


def error_limit(*, n: int, expected: float, alpha: float) -> float:
    """The share of wrong judgements that n parts exceed with probability below ``alpha`` at most.

    The one-sided Clopper-Pearson argument turned round: the smallest share s with P(X > s n) < alpha for a
    binomial X(n, expected).
    """
    from scipy.stats import binom

    return float(binom.isf(alpha, n, min(max(expected, 1e-6), 1.0)) / max(n, 1))
