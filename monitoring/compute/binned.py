"""Statistics from counts in the reference's bins. Pure; every function takes many windows at once.

Counts are those of ``wire.sketch``: (…, k) with the bins below, inside, above, and missing at the end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

F = NDArray[np.float64]
HALF = 0.5  # Jeffreys: half a part in every bin, so that an empty bin has a finite weight


def present(counts: ArrayLike) -> F:
    """Without the missing: float (…, k - 1)."""
    return np.asarray(counts, dtype=np.float64)[..., :-1]


def groups_of(reference: ArrayLike, least: float) -> NDArray[np.intp]:
    """Neighbouring bins joined until each holds the share ``least`` of the reference: their starts (g,).

    A group that is left too small at the end joins the one before it. ValueError on an empty reference.
    """
    ref = np.asarray(reference, dtype=np.float64)
    total = ref.sum()
    if total <= 0:
        raise ValueError("a reference without a count cannot be compared with")
    starts, held = [0], 0.0
    for index, one in enumerate(ref):
        if held >= least * total * (1 - 1e-9):
            starts.append(index)
            held = 0.0
        held += one
    if held < least * total * (1 - 1e-9) and len(starts) > 1:
        starts.pop()
    return np.asarray(starts, dtype=np.intp)


def shares(counts: ArrayLike) -> F:
    """Shares with half a part in every bin; (…, k)."""
    found = np.asarray(counts, dtype=np.float64) + HALF
    return np.asarray(found / found.sum(axis=-1, keepdims=True), dtype=np.float64)


def psi(counts: ArrayLike, reference: ArrayLike) -> F:
    """Population stability index of counts (…, k) against reference counts (k,): (…), dimensionless.

    Σ (q - p) ln(q / p); Siddiqi 2006, its law in Yurdakul 2018. Bins as given: join them first.
    """
    q, p = shares(counts), shares(reference)
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1), dtype=np.float64)


def ks(counts: ArrayLike, reference: ArrayLike) -> F:
    """Largest distance of the two distribution functions at the bins' edges: (…), 0 to 1.

    Against raw values it is too small by at most the largest share that one bin has of either sample.
    """
    found = np.asarray(counts, dtype=np.float64)
    ref = np.asarray(reference, dtype=np.float64)
    q = found.cumsum(axis=-1) / np.maximum(found.sum(axis=-1, keepdims=True), 1.0)
    p = ref.cumsum() / max(ref.sum(), 1.0)
    return np.asarray(np.abs(q - p).max(axis=-1), dtype=np.float64)


def means(moments: ArrayLike) -> F:
    """Means of moments (…, 5) [n, sum, squares, lagged, pairs]; NaN where n is 0."""
    found = np.asarray(moments, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(found[..., 1] / found[..., 0], dtype=np.float64)
