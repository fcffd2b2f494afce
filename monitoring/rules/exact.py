"""Exact bounds of a share: what is still possible after so many of so many (Clopper and Pearson 1934).

For rows of unequal weight the numbers are effective ones (Kish 1965; Korn and Graubard 1998), so they may be
fractions. Without SciPy, because pages say them too. ``tests/monitoring/test_exact.py`` holds it to SciPy's.
"""

from __future__ import annotations

import math

STEPS = 200


def _below(hits: float, n: float, share: float) -> float:
    """The probability of at most ``hits`` of ``n`` where each is a hit with ``share``: the regularised
    incomplete beta function, by its continued fraction (Numerical Recipes, 3rd edition, section 6.4)."""
    if hits >= n:
        return 1.0
    a, b, x = float(n - hits), float(hits + 1), 1.0 - share
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1.0 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + term * d
            c = 1.0 + term / c
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = c if abs(c) > tiny else tiny
            value *= d * c
        if abs(d * c - 1.0) < 1e-14:
            break
    return value


def at_most(hits: float, n: float, certainty: float = 0.95) -> float:
    """The largest share that ``hits`` of ``n`` leave possible with ``certainty`` (one-sided); 1.0 where all
    are hits, or there are none."""
    if hits >= n:
        return 1.0
    low, high = hits / n, 1.0
    for _step in range(STEPS):
        middle = (low + high) / 2
        if high - low < 1e-12:
            break
        low, high = (middle, high) if _below(hits, n, middle) > 1.0 - certainty else (low, middle)
    return high


def at_least(hits: float, n: float, certainty: float = 0.95) -> float:
    """The smallest share that ``hits`` of ``n`` leave possible with ``certainty`` (one-sided)."""
    return 1.0 - at_most(n - hits, n, certainty)


def interval(hits: float, n: float, certainty: float = 0.95) -> tuple[float, float]:
    """Both ends, each with half of what is left to 1."""
    each = (1.0 + certainty) / 2
    return at_least(hits, n, each), at_most(hits, n, each)


def middle_interval(hits: float, n: float, certainty: float = 0.95) -> tuple[float, float]:
    """Both ends by the mid-P rule, which counts what was seen by half (Lancaster 1961): narrower than
    ``interval``, and over the shares that occur it keeps its promise, if not for every single one."""
    each = (1.0 - certainty) / 2
    if n <= 0:
        return 0.0, 1.0
    hits = min(max(hits, 0.0), n)
    return 1.0 - _middle_end(n - hits, n, each), _middle_end(hits, n, each)


def _middle_end(hits: float, n: float, left: float) -> float:
    low, high = hits / n, 1.0
    for _step in range(STEPS):
        middle = (low + high) / 2
        if high - low < 1e-9:
            break
        fewer = _below(hits - 1.0, n, middle) if hits >= 1.0 else 0.0
        low, high = (middle, high) if (_below(hits, n, middle) + fewer) / 2 > left else (low, middle)
    return high


def fewest(share: float, certainty: float = 0.95) -> int:
    """How many without one hit prove that at most ``share`` are hits."""
    return math.ceil(math.log(1.0 - certainty) / math.log1p(-share))


def parts_for(share: float, missed: int = 0, certainty: float = 0.95) -> int:
    """How many parts, of which ``missed`` are hits, prove that at most ``share`` are.

    ValueError for a share that is not between 0 and 1: no number of parts proves 0.
    """
    if not 0 < share < 1:
        raise ValueError("no number of parts proves that")
    low, high = missed, missed + 1
    while at_most(missed, high, certainty) > share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at_most(missed, middle, certainty) > share else (low, middle)
    return high
