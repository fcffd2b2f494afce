"""Rows on one scale, near-duplicates apart, and a few of them that lie far from one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
NONE = np.zeros(0, dtype=np.intp)
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


def distinct(
    rows: Floats, order: Indices, *, wanted: int, near: float = NEAR, apart_from: Indices = NONE
) -> Indices:
    """The first ``wanted`` of ``order`` (indices into ``rows``) that are no near-duplicates of one before,
    nor of ``apart_from``.

    Goes through the order in portions, so that a burst of copies of one part does not fill the choice.
    """
    chosen: list[int] = []
    for start in range(0, len(order), max(wanted, 1)):
        portion = order[start : start + max(wanted, 1)]
        gap = nearest(rows[portion], rows[np.concatenate([apart_from, np.array(chosen, dtype=np.intp)])])
        for place, index in enumerate(portion):
            if gap[place] <= near:
                continue
            chosen.append(int(index))
            if len(chosen) == wanted:
                return np.array(chosen, dtype=np.intp)
            gap = np.minimum(gap, nearest(rows[portion], rows[index][None, :]))
    return np.array(chosen, dtype=np.intp)


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


def representatives(rows: Floats, candidates: Indices, weight: Floats, *, wanted: int) -> Indices:
    """One of each of ``wanted`` weighted k-means clusters of the candidates (Zhdanov 2019, arXiv 1901.05954).

    ``weight`` (candidates,) positive; from each cluster the one with the largest weight over 1 + squared
    distance from the middle, in units of the cluster's mean. Middles, unlike the farthest points, are no
    outliers.
    """
    if len(candidates) <= wanted or wanted < 1:
        return candidates[: max(wanted, 0)]
    some = rows[candidates]
    clusters = KMeans(wanted, n_init=1, max_iter=20, random_state=0).fit(some, sample_weight=weight)
    away = ((some - clusters.cluster_centers_[clusters.labels_]) ** 2).sum(axis=1)
    picked = []
    for one in range(wanted):
        mine = np.flatnonzero(clusters.labels_ == one)
        if len(mine):
            scale = max(float(away[mine].mean()), 1e-9)
            picked.append(candidates[mine[np.argmax(weight[mine] / (1.0 + away[mine] / scale))]])
    return np.array(picked, dtype=np.intp)
