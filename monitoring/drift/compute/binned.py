"""Statistics from counts in the reference's bins. Pure; features, segments and windows at once.

- Counts are those of ``wire.sketch``: (…, k) with the bins below, inside and above; ``present`` takes the
  missing off. References broadcast against them.
- A window or a reference without a part has no statistic: NaN, never 0. ``reasons`` says in a word why.
  Counts that are negative or no numbers, and other bins than the reference's, are a ValueError.
- Sums are of float64: exact to 2**53, and past int64 without a wrap.
- The PSI and the KS of a reading are over the tenths of its reference (``deciles``), of words and classes
  with the rare ones joined (``judging.mix_groups``): the detector, its limits, judging, reports and
  back-tests call ``psi`` and ``ks`` on these, so that one name is one number.
- ``mask`` (…, k) marks the bins that are real where features of unlike many bins stand in one array.

Against raw values: KS misses by at most the largest share of one bin; Wasserstein by at most what
``wasserstein_error`` says; PSI, Jensen-Shannon and chi-square are those of the bins, exactly, and bins can
only hide: Jensen-Shannon of raw values is never smaller (data processing, Csiszár 1967).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

F = NDArray[np.float64]
HALF = 0.5  # Jeffreys: half a part in every bin, so that an empty bin has a finite weight


def present(counts: ArrayLike) -> F:
    """Without the missing: float (…, k - 1)."""
    return np.asarray(counts, dtype=np.float64)[..., :-1]


def checked(counts: ArrayLike, reference: ArrayLike) -> tuple[F, F]:
    """Both as float64; ValueError where they cannot be compared."""
    tallies, ref = np.asarray(counts, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if tallies.shape[-1] != ref.shape[-1]:
        raise ValueError(f"{tallies.shape[-1]} bins do not compare with the reference's {ref.shape[-1]}")
    for name, one in (("counts", tallies), ("the reference's counts", ref)):
        if not np.isfinite(one).all() or (one < 0).any():
            raise ValueError(f"{name} must be numbers from 0")
    return tallies, ref


def reasons(counts: ArrayLike, reference: ArrayLike) -> NDArray[np.str_]:
    """Why there is no statistic: "window empty", "reference empty", or "" where there is one; (…)."""
    tallies, ref = checked(counts, reference)
    here, learned = np.broadcast_arrays(tallies.sum(axis=-1), ref.sum(axis=-1))
    return np.where(learned <= 0, "reference empty", np.where(here <= 0, "window empty", ""))


def _known(value: F, counts: F, reference: F) -> F:
    empty = (counts.sum(axis=-1) <= 0) | (reference.sum(axis=-1) <= 0)
    return np.where(empty, np.nan, value)


def groups_of(reference: ArrayLike, least: float) -> NDArray[np.intp]:
    """Neighbouring bins joined until each holds the share ``least`` of the reference: their starts (g,).

    A group that is left too small at the end joins the one before it. ValueError on an empty reference.
    """
    ref = np.asarray(reference, dtype=np.float64)
    if ref.sum() <= 0:
        raise ValueError("a reference without a count cannot be compared with")
    ids = group_ids(ref, np.asarray(least))
    return np.flatnonzero(np.diff(ids, prepend=-1)).astype(np.intp)


def group_ids(reference: F, least: F) -> NDArray[np.intp]:
    """The group of every bin of references (…, k) where each group holds ``least`` (…) of it: (…, k).

    As ``groups_of``, for many at once; ``least`` broadcasts against the leading axes.
    """
    shape = np.broadcast_shapes(reference.shape[:-1], np.shape(least))
    ref = np.broadcast_to(reference, (*shape, reference.shape[-1]))
    want = np.broadcast_to(least, shape) * ref.sum(axis=-1) * (1 - 1e-9)
    ids = np.zeros(ref.shape, dtype=np.intp)
    held, group = np.zeros(shape), np.zeros(shape, dtype=np.intp)
    for index in range(ref.shape[-1]):
        full = (held >= want) & (index > 0)
        group = group + full
        held = np.where(full, 0.0, held) + ref[..., index]
        ids[..., index] = group
    too_small = (held < want) & (group > 0)
    last = np.where(too_small, group - 1, group)
    return np.minimum(ids, last[..., None])


TENTHS = 10


def deciles(reference: F) -> NDArray[np.intp]:
    """The tenth of the reference to which every bin of its counts (k,) belongs: (k,) from 0.

    PSI and KS of a reading are over these wherever they are computed and shown: limits, alerts, reports.
    """
    if reference.size < 2:
        return np.zeros(reference.size, dtype=np.intp)
    below, m = reference.cumsum(), reference.sum()
    ranks = (m - 1) * np.linspace(0, 1, TENTHS + 1)[1:-1]
    edges = np.unique(np.minimum(np.searchsorted(below, ranks + 1e-9, side="right"), reference.size - 2))
    return np.searchsorted(edges, np.arange(reference.size))


def joined(counts: F, ids: NDArray[np.intp]) -> F:
    """Counts (…, k) summed by group; (…, k), with zeros past the last group."""
    shape = np.broadcast_shapes(counts.shape, ids.shape)
    flat_ids = np.broadcast_to(ids, shape).reshape(-1, shape[-1])
    flat = np.broadcast_to(counts, shape).reshape(-1, shape[-1])
    sums = np.zeros(flat.shape)
    rows = np.repeat(np.arange(len(flat)), shape[-1])
    np.add.at(sums, (rows, flat_ids.ravel()), flat.ravel())
    return sums.reshape(shape)


def shares(counts: ArrayLike, mask: ArrayLike | None = None) -> F:
    """Shares with half a part in every bin of the mask; (…, k)."""
    smoothed = np.asarray(counts, dtype=np.float64)
    smoothed = smoothed + (HALF if mask is None else HALF * np.asarray(mask, dtype=np.float64))
    return np.asarray(smoothed / smoothed.sum(axis=-1, keepdims=True), dtype=np.float64)


def psi(counts: ArrayLike, reference: ArrayLike, mask: ArrayLike | None = None) -> F:
    """Population stability index of counts (…, k) against reference counts (…, k): (…), dimensionless.

    Σ (q - p) ln(q / p); Siddiqi 2006, its law in Yurdakul 2018. Bins as given: join them first.
    """
    tallies, ref = checked(counts, reference)
    q, p = shares(tallies, mask), shares(ref, mask)
    real = np.ones(q.shape[-1], dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    ratio = np.log(np.where(real, q, 1.0) / np.where(real, p, 1.0))
    return _known(((q - p) * ratio).sum(axis=-1), tallies, ref)


def js(counts: ArrayLike, reference: ArrayLike) -> F:
    """Jensen-Shannon divergence in bits, 0 to 1: (…). Lin 1991. No half parts: empty bins are no trouble.

    SciPy's ``jensenshannon(p, q, base=2)`` is its square root. Of the bins, exactly; of raw values it is a
    lower bound.
    """
    tallies, ref = checked(counts, reference)
    q, p = _plain(tallies), _plain(ref)
    middle = (q + p) / 2
    value = (_entropic(q, middle) + _entropic(p, middle)) / 2
    return _known(np.clip(value.sum(axis=-1), 0.0, 1.0), tallies, ref)


def _plain(counts: F) -> F:
    return np.asarray(counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1.0), dtype=np.float64)


def _entropic(of: F, against: F) -> F:
    safe = np.where(of > 0, of, 1.0) / np.where(of > 0, against, 1.0)
    return np.asarray(of * np.log2(safe), dtype=np.float64)


def ks(counts: ArrayLike, reference: ArrayLike) -> F:
    """Largest distance of the two distribution functions at the bins' edges: (…), 0 to 1.

    Against raw values it is too small by at most the largest share that one bin has of either sample.
    """
    tallies, ref = checked(counts, reference)
    q, p = _plain(tallies).cumsum(axis=-1), _plain(ref).cumsum(axis=-1)
    return _known(np.abs(q - p).max(axis=-1), tallies, ref)


def chi2(counts: ArrayLike, reference: ArrayLike) -> tuple[F, NDArray[np.intp]]:
    """Pearson's chi-square of two samples (…, k) in the same bins, and its degrees of freedom; (…), (…).

    That of SciPy's ``chi2_contingency`` of both rows without correction, exactly; bins empty in both drop
    out. Its law needs about five parts a bin and independent parts: limits come from ``limits``.
    """
    tallies, ref = checked(counts, reference)
    n, m = tallies.sum(axis=-1, keepdims=True), ref.sum(axis=-1, keepdims=True)
    whole = tallies + ref
    with np.errstate(invalid="ignore", divide="ignore"):
        here, there = whole * n / (n + m), whole * m / (n + m)
        terms = (tallies - here) ** 2 / here + (ref - there) ** 2 / there
    freedom = np.maximum((whole > 0).sum(axis=-1) - 1, 0)
    return _known(np.where(whole > 0, terms, 0.0).sum(axis=-1), tallies, ref), freedom


def wasserstein(counts: ArrayLike, reference: ArrayLike, edges: ArrayLike, shift: ArrayLike = 0.0) -> F:
    """Earth mover's distance in the reading's unit: (…), from counts (…, k), reference (…, k) and the edges
    (…, k - 1) between the bins.

    Between edges both distribution functions are taken as straight; ``shift``, the difference of the means
    (from the moments), is a lower bound, which is what there is of parts beyond the edges. Against raw values
    it misses by at most ``wasserstein_error`` where no part lies beyond; where some do it is never too large
    by more.
    """
    tallies, ref = checked(counts, reference)
    at = np.asarray(edges, dtype=np.float64)
    if at.shape[-1] != tallies.shape[-1] - 1 or (np.diff(at, axis=-1) <= 0).any():
        raise ValueError("edges must rise, and be one fewer than the bins")
    apart = (_plain(tallies).cumsum(axis=-1) - _plain(ref).cumsum(axis=-1))[..., :-1]
    left, right, width = apart[..., :-1], apart[..., 1:], np.diff(at, axis=-1)
    crossing = left * right < 0
    whole = np.abs(left) + np.abs(right)
    area = np.where(crossing, (left**2 + right**2) / np.maximum(whole, 1e-300), whole) / 2
    inner = (area * width).sum(axis=-1)
    return _known(np.maximum(inner, np.abs(shift)), tallies, ref)


def wasserstein_error(counts: ArrayLike, reference: ArrayLike, edges: ArrayLike) -> F:
    """How far ``wasserstein`` may be off between the edges: Σ width · (share now + share learned); (…)."""
    tallies, ref = checked(counts, reference)
    inside = (_plain(tallies) + _plain(ref))[..., 1:-1]
    return _known((inside * np.diff(np.asarray(edges, dtype=np.float64), axis=-1)).sum(axis=-1), tallies, ref)


def means(moments: ArrayLike) -> F:
    """Means of moments (…, 5) [n, sum, squares, lagged, pairs]; NaN where n is 0."""
    sums = np.asarray(moments, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[..., 1] / sums[..., 0], dtype=np.float64)
