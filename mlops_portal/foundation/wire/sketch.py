"""Sketches: what a window keeps of a feature instead of its values.

- Bins are the reference's: for edges e_0 < … < e_k the counts are [x <= e_0, (e_0, e_1], …, (e_{k-1}, e_k],
  x > e_k, missing], so k + 3 of them. What float32 cannot hold (infinities, beyond 3.4e38) counts as missing:
  no sensor measures it, models could not read it, and its square would leave the format.
- Moments are [n, sum, sum of squares, sum of lag-1 products, lag-1 pairs] over finite values, in the unit of
  the feature; a pair is broken by a missing value.
- Everything is a sum, so windows merge by addition (``wire.merge``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST = float(np.finfo(np.float32).max)
BLOCK = 1 << 14  # values that stay in the cache
FEW = 1 << 13  # values, below which searching is as fast
MANY = 64  # edges, above which searching is


def readable(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of ``values`` float (n,) are readings at all: bool (n,)."""
    return np.abs(values) <= LARGEST


def reference_edges(values: ArrayLike, bins: int = 20) -> NDArray[np.float64]:
    """Quantile edges of a reference; values float (n,). Ties merge. A constant has an edge just below it and
    one at it, so that what leaves it on either side is seen.

    Returns float64 (k + 1,), strictly rising, 2 <= k + 1 <= bins + 1; ValueError without a finite value.
    """
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[readable(finite)]
    if finite.size == 0:
        raise ValueError("a reference needs at least one finite value")
    edges = np.unique(np.quantile(finite, np.linspace(0.0, 1.0, bins + 1)))
    return edges if edges.size > 1 else np.array([np.nextafter(edges[0], -np.inf), edges[0]])


def bin_counts(values: ArrayLike, edges: ArrayLike) -> NDArray[np.int64]:
    """Counts of ``values`` float (n,) in the bins of ``edges`` float (k + 1,), rising: int64 (k + 3,)."""
    numbers = np.asarray(values, dtype=np.float64)
    limits = np.asarray(edges, dtype=np.float64)
    if numbers.size < FEW or limits.size > MANY:
        return _searched(numbers, limits)
    return _compared(numbers, limits)


def _searched(numbers: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.int64]:
    """Each value's place among the edges: the time grows with the logarithm of their number."""
    finite = readable(numbers)
    where = np.searchsorted(limits, numbers[finite], side="left")
    counts = np.zeros(limits.size + 2, dtype=np.int64)
    counts[: limits.size + 1] = np.bincount(where, minlength=limits.size + 1)
    counts[-1] = numbers.size - np.count_nonzero(finite)
    return counts


def _compared(numbers: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many values each edge is not below, block by block: comparing whole blocks that stay in the cache
    is several times as fast as searching, up to some dozens of edges."""
    at_most = np.zeros(limits.size, dtype=np.int64)
    below = within = 0
    for start in range(0, numbers.size, BLOCK):
        block = np.ascontiguousarray(numbers[start : start + BLOCK])
        below += int(np.count_nonzero(block < -LARGEST))
        within += int(np.count_nonzero(block <= LARGEST))
        for place, edge in enumerate(limits):
            at_most[place] += np.count_nonzero(block <= edge)
    at_most = np.clip(at_most, below, within) - below  # edges may lie beyond what is readable
    inside = np.diff(np.concatenate(([0], at_most, [within - below])))
    return np.append(inside, numbers.size - (within - below))


def moments(values: ArrayLike) -> list[float]:
    """[n, sum, sum of squares, sum of lag-1 products, lag-1 pairs] of ``values`` float (n,) in time order."""
    numbers = np.ascontiguousarray(values, dtype=np.float64)
    total = squares = lagged = 0.0
    for start in range(0, numbers.size, BLOCK):
        block = numbers[start : start + BLOCK]
        if not (block.max() <= LARGEST and block.min() >= -LARGEST):  # nor where one is no number
            return _picked(numbers)
        total += float(block.sum())
        squares += float(block @ block)
        lagged += float(block[1:] @ block[:-1])
        if start:
            lagged += float(numbers[start - 1] * numbers[start])
    return [float(numbers.size), total, squares, lagged, float(max(0, numbers.size - 1))]


def _picked(numbers: NDArray[np.float64]) -> list[float]:
    """The same sums over what is readable."""
    finite = readable(numbers)
    kept = numbers[finite]
    both = finite[1:] & finite[:-1]
    lagged = float(np.sum(numbers[1:][both] * numbers[:-1][both])) if numbers.size > 1 else 0.0
    return [
        float(kept.size),
        float(kept.sum()),
        float(np.square(kept).sum()),
        lagged,
        float(np.count_nonzero(both)),
    ]


def autocorrelation(of: list[float]) -> float:
    """Lag-1 autocorrelation from moments, within [-0.99, 0.99]; 0 where it cannot be told."""
    n, total, squares, lagged, pairs = of
    if n < 3 or pairs < 2:
        return 0.0
    mean = total / n
    variance = squares / n - mean * mean
    if variance <= 1e-12 * max(1.0, mean * mean):
        return 0.0
    return float(np.clip((lagged / pairs - mean * mean) / variance, -0.99, 0.99))


def confidence_counts(confidences: ArrayLike, bins: int = 20) -> list[int]:
    """Counts of confidences in [0, 1] in ``bins`` equal bins; ValueError where one is no number."""
    clipped = np.clip(np.asarray(confidences, dtype=np.float64), 0.0, 1.0)
    if np.isnan(clipped).any():
        raise ValueError("a confidence is no number")
    where = np.minimum((clipped * bins).astype(np.int64), bins - 1)
    return [int(n) for n in np.bincount(where, minlength=bins)]
