"""The exact interval of a share, and how many parts prove what. Pure.

- Clopper and Pearson 1934: no share outside the interval would give so few, or so many, with more than 2.5 %.
  It never promises more than it keeps, whatever the share and the number of parts.
- For rows of unequal weight the number is an effective one (Kish 1965), as Korn and Graubard 1998 propose.
- Where none of ``n`` parts was missed, 95 % confidence in "at most" a share is one-sided: ``at_most``.
"""

from __future__ import annotations

import math

SURE = 0.95
STEPS = 52
TINY = 1e-300


def clopper_pearson(hits: float, n: float, sure: float = SURE) -> tuple[float, float]:
    """The two-sided interval of a share with ``hits`` of ``n``, both maybe fractions; (0, 1) for n = 0."""
    if n <= 0:
        return 0.0, 1.0
    hits, tail = min(max(hits, 0.0), n), (1.0 - sure) / 2
    low = 0.0 if hits <= 0 else _quantile(tail, hits, n - hits + 1)
    high = 1.0 if hits >= n else _quantile(1.0 - tail, hits + 1, n - hits)
    return low, high


def at_most(missed: int, n: int, sure: float = SURE) -> float:
    """The largest share of misses that ``missed`` of ``n`` leave possible, one-sided; 1 for n = 0."""
    if n <= 0 or missed >= n:
        return 1.0
    if missed <= 0:
        return 1.0 - (1.0 - sure) ** (1.0 / n)
    return _quantile(sure, missed + 1, n - missed)


def parts_for(share: float, missed: int = 0, sure: float = SURE) -> int:
    """How many parts, of which ``missed`` are missed, prove at most ``share`` of misses.

    ValueError for a share that is not between 0 and 1: no number of parts proves 0.
    """
    if not 0 < share < 1:
        raise ValueError("no number of parts proves that")
    low, high = missed, missed + 1
    while at_most(missed, high, sure) > share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at_most(missed, middle, sure) > share else (low, middle)
    return high


def _quantile(share: float, a: float, b: float) -> float:
    """Where the distribution Beta(a, b) reaches ``share``."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_share(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function (DLMF 8.17.22, by Lentz's continued fraction)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_share(1.0 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1) or TINY)
    fraction = d
    for m in range(1, 10_000):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / (1.0 + part * d or TINY)
            c = 1.0 + part / c or TINY
            fraction *= c * d
        if abs(c * d - 1.0) < 1e-13:
            break
    return min(1.0, front * fraction / a)
