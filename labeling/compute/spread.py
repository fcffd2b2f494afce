"""Rows on one scale, near-duplicates apart, and a few of them that lie far from one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
NEAR = 0.05
"""Two rows nearer than this many standard deviations in every feature on average are one part seen twice."""


def scaled(rows: Floats) -> Floats:
    """Rows (n, d) with missing values at the column's median, each column at mean 0 and deviation 1.

    Columns without spread, or without a single value, become 0 and decide nothing. Infinite is missing.
    """
    known = np.where(np.isfinite(rows), rows, np.nan)
    empty = np.isnan(known).all(axis=0)
    known[:, empty] = 0.0
    filled = np.where(np.isnan(known), np.nanmedian(known, axis=0), known)
    deviation = filled.std(axis=0)
    flat = deviation <= 1e-12 * (1.0 + np.abs(filled).max(axis=0))
    deviation[flat] = 1.0
    result: Floats = (filled - filled.mean(axis=0)) / deviation
    result[:, flat] = 0.0
    return result


def nearest(rows: Floats, centres: Floats) -> Floats:
    """Distance (n,) of each row to its nearest centre, per feature (divided by the root of their number)."""
    if not len(centres):
        return np.full(len(rows), np.inf)
    squared = (rows**2).sum(axis=1)[:, None] - 2.0 * rows @ centres.T + (centres**2).sum(axis=1)[None, :]
    return np.sqrt(np.maximum(squared.min(axis=1), 0.0) / rows.shape[1])


def distinct(rows: Floats, order: Indices, *, wanted: int, near: float = NEAR) -> Indices:
    """The first ``wanted`` of ``order`` (indices into ``rows``) that are no near-duplicates of one before.

    Goes through the order in portions, so that a burst of copies of one part does not fill the choice.
    """
    kept: list[int] = []
    for start in range(0, len(order), max(wanted, 1)):
        portion = order[start : start + max(wanted, 1)]
        gap = nearest(rows[portion], rows[kept])
        for place, index in enumerate(portion):
            if gap[place] <= near:
                continue
            kept.append(int(index))
            if len(kept) == wanted:
                return np.array(kept, dtype=np.intp)
            gap = np.minimum(gap, nearest(rows[portion], rows[index][None, :]))
    return np.array(kept, dtype=np.intp)


def far_apart(
    rows: Floats, candidates: Indices, *, wanted: int, near_to: Indices, near: float = NEAR
) -> Indices:
    """Greedy k-center (Gonzalez 1985): each pick is farthest from all before it and from ``near_to``.

    The first candidate opens where there is nothing to be far from. Stops early when only near-duplicates of
    what was picked are left.
    """
    picked: list[int] = []
    if not len(candidates) or wanted < 1:
        return np.array(picked, dtype=np.intp)
    gap = nearest(rows[candidates], rows[near_to])
    while len(picked) < min(wanted, len(candidates)):
        best = int(np.argmax(gap))  # all infinite at first: the first candidate
        if gap[best] <= near:
            break
        picked.append(int(candidates[best]))
        gap = np.minimum(gap, nearest(rows[candidates], rows[candidates[best]][None, :]))
        gap[best] = -1.0
    return np.array(picked, dtype=np.intp)
