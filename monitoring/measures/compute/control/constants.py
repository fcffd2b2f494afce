"""The constants of control charts for a subgroup of ``n`` values, worked out from the normal distribution.

- d2, d3: mean and deviation of the range of n standard normal values (Tippett 1925); c4 mean of their
  deviation. A2, A3, D3, D4, B3, B4 follow (ASTM MNL 7; NIST/SEMATECH e-Handbook 6.3.2).
- ``range_cdf``: the distribution of that range, n ∫ φ(x) [Φ(x + w) - Φ(x)]^(n-1) dx.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

WIDE, NODES = 9.0, 401
MOST_RANGED = 25  # the range of more values than this says hardly more than that of these


@lru_cache
def _nodes() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Places, the normal density there, and weights of Simpson's rule on ± ``WIDE``."""
    at = np.linspace(-WIDE, WIDE, NODES)
    weights = np.full(NODES, 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    return at, np.exp(-at * at / 2) / math.sqrt(2 * math.pi), weights * (at[1] - at[0]) / 3


def range_cdf(width: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """P(range of ``n`` standard normal values ≤ width), of float (m,)."""
    at, density, weights = _nodes()
    inside = ndtr(at[None, :] + np.asarray(width)[:, None]) - ndtr(at)[None, :]
    return np.clip(n * (np.clip(inside, 0.0, 1.0) ** (n - 1)) @ (density * weights), 0.0, 1.0)


@lru_cache(maxsize=64)
def _range_moments(n: int) -> tuple[float, float]:
    """Mean and variance: ∫ (1 - F) dw and 2 ∫ w (1 - F) dw - mean²."""
    width = np.linspace(0.0, 2 * WIDE, 2001)
    above = 1.0 - range_cdf(width, n)
    mean = float(np.trapezoid(above, width))
    return mean, 2 * float(np.trapezoid(width * above, width)) - mean * mean


def d2(n: int) -> float:
    return _range_moments(n)[0]


def d3(n: int) -> float:
    return math.sqrt(_range_moments(n)[1])


def c4(n: float) -> float:
    """Mean of the deviation of n standard normal values; n > 1."""
    return math.sqrt(2 / (n - 1)) * math.exp(float(gammaln(n / 2) - gammaln((n - 1) / 2)))


def a2(n: int) -> float:
    return 3 / (d2(n) * math.sqrt(n))


def a3(n: float) -> float:
    return 3 / (c4(n) * math.sqrt(n))


def range_limits(n: int) -> tuple[float, float]:
    """D3 and D4: the limits of a range as shares of the mean range."""
    wide = 3 * d3(n) / d2(n)
    return max(0.0, 1 - wide), 1 + wide


def deviation_limits(n: float) -> tuple[float, float]:
    """B3 and B4: the limits of a deviation as shares of the mean deviation."""
    wide = 3 * math.sqrt(1 - c4(n) ** 2) / c4(n)
    return max(0.0, 1 - wide), 1 + wide
