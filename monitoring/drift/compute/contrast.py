"""Where a drift comes from: what each machine, lot, recipe and shift adds, and since when. Pure.

- PSI = Σ_b (q_b - p_b) ln(q_b / p_b), and q is the mixture of the segments, so what segment g adds,
  w_g Σ_b (q_gb - p_b) ln(q_b / p_b), sums to it exactly; so do readings to the sum of their PSI.
- The shift of a mean is Σ_g w_g (m_g - μ), also exact.
- A *slice* is all segments that agree in some of their dimensions (“Press 4, lot 7731”). The one named holds
  most of the drift beyond its share of the parts; slices within ``NEAR`` of that are equal, and of equals the
  one with the fewest parts is named. A drift that is everywhere has none.
- It began where the slice's windows split best into a before and an after (least squares of their scores,
  which is the change of mean of Hinkley 1970); the score is the window's own term of the sum above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from monitoring.drift.compute import binned

F = NDArray[np.float64]
NEAR = 0.97
STANDS_OUT = 0.2  # drift beyond its share of the parts, before a slice is named
ALWAYS = 2  # the first dimensions are said even where one of them would do: machine and lot
SURE = 3.0  # standard errors between before and after, before a beginning is named


@dataclass(frozen=True, slots=True)
class Slice:
    """Segments ``members`` (s,) bool, named by {dimension: value}; shares of the drift and of the parts."""

    names: dict[int, str]
    members: NDArray[np.bool_]
    drift: float
    parts: float


def scores(counts: ArrayLike, total: ArrayLike, reference: ArrayLike) -> F:
    """What each row of counts (…, s, k) adds to the PSI of ``total`` (…, k) against ``reference`` (…, k), as
    if it were all of it: (…, s). Half a part in every bin of the whole is shared out by size."""
    tallies = np.asarray(counts, dtype=np.float64)
    q, p = binned.shares(total), binned.shares(reference)
    n = tallies.sum(axis=-1, keepdims=True)
    whole = np.maximum(np.asarray(total, dtype=np.float64).sum(axis=-1), 1.0)[..., None, None]
    own = (tallies + binned.HALF * n / whole) / np.maximum(n * (1 + binned.HALF * q.shape[-1] / whole), 1e-12)
    return np.asarray(((own - p[..., None, :]) * np.log(q / p)[..., None, :]).sum(axis=-1), dtype=np.float64)


def psi_parts(counts: ArrayLike, reference: ArrayLike) -> tuple[F, F]:
    """The PSI of all segments together (…), and what each adds (…, s): they sum to it.

    counts (…, s, k), reference (…, k); NaN where there is no part or no reference.
    """
    tallies = np.asarray(counts, dtype=np.float64)
    total = tallies.sum(axis=-2)
    sizes = tallies.sum(axis=-1)
    weights = sizes / np.maximum(sizes.sum(axis=-1, keepdims=True), 1.0)
    return binned.psi(total, reference), weights * scores(tallies, total, reference)


def mean_parts(moments: ArrayLike, mean: ArrayLike) -> tuple[F, F]:
    """The shift of the mean of all segments together (…), and what each adds (…, s), in the reading's unit.

    moments (…, s, 5), the reference's mean (…); NaN without a part.
    """
    sums = np.asarray(moments, dtype=np.float64)
    n = sums[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        adds = (sums[..., 1] - n * np.asarray(mean)[..., None]) / n.sum(axis=-1, keepdims=True)
    return np.asarray(adds.sum(axis=-1), dtype=np.float64), adds


def best_slice(keys: Sequence[tuple[str, ...]], adds: F, sizes: F) -> Slice | None:
    """The slice that stands out, of segments with ``keys`` (one value per dimension), what each adds to the
    drift (s,), and its parts (s,); None where the drift is everywhere."""
    whole, parts = float(adds.sum()), float(sizes.sum())
    if len(keys) < 2 or whole <= 1e-12 or parts <= 0:
        return None
    dimensions = range(len(keys[0]))
    columns = zip(*keys, strict=True)
    table = np.stack([np.unique(column, return_inverse=True)[1] for column in map(list, columns)], axis=1)
    slices: list[tuple[float, float, NDArray[np.bool_]]] = []
    for count in range(1, len(keys[0]) + 1):
        for chosen in combinations(dimensions, count):
            _values, groups = np.unique(table[:, chosen], axis=0, return_inverse=True)
            for group in range(int(groups.max()) + 1):
                members = groups.ravel() == group
                drift = float(adds[members].sum()) / whole
                slices.append((drift, float(sizes[members].sum()) / parts, members))
    excess = max(drift - share for drift, share, _members in slices)
    if excess < STANDS_OUT:
        return None
    near = [one for one in slices if one[0] - one[1] >= NEAR * excess]
    drift, share, members = min(near, key=lambda one: one[1])
    named = [key for key, inside in zip(keys, members, strict=True) if inside]
    names = {
        at: named[0][at]
        for at in dimensions
        if named[0][at] and len({key[at] for key in named}) == 1 and len({key[at] for key in keys}) > 1
    }
    for at in [at for at in names if at >= ALWAYS][::-1]:  # what the others tell already is left out
        rest = {other: name for other, name in names.items() if other != at}
        if rest and sum(all(key[other] == name for other, name in rest.items()) for key in keys) == len(
            named
        ):
            names = rest
    return Slice(names, members, drift, share)


def began(values: ArrayLike, weights: ArrayLike) -> int | None:
    """The index of the first window after the change: values (w,) in order of time, weights (w,) their parts.

    None where no split is more than ``SURE`` standard errors apart, or below four windows.
    """
    levels, parts = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    known = np.isfinite(levels) & (parts > 0)
    at = np.flatnonzero(known)
    if at.size < 4:
        return None
    x, w = levels[known], parts[known]
    before_w, before = w.cumsum()[:-1], (w * x).cumsum()[:-1]
    after_w, after = w.sum() - before_w, (w * x).sum() - before
    apart = after / after_w - before / before_w
    between = before_w * after_w / w.sum() * apart**2
    split = int(between.argmax())
    within = (w * (x - (w * x).sum() / w.sum()) ** 2).sum() - between[split]
    noise = max(float(within), 0.0) / (x.size - 2)
    if between[split] <= SURE**2 * max(noise, 1e-24):
        return None
    return int(at[split + 1])
