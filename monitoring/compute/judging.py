"""One reading of one asset over a row of windows: PSI, KS and the mean, each beside its limit. Pure.

- Windows are judged over spans: a window and as many before it as are needed until the span is worth
  ``WORTH`` independent parts, ``SPAN_MOST`` at most. How long a span is depends on sizes alone, never on what
  was read, so it costs no false alarms.
- How much parts resemble their neighbours is learned from the machine's own past (until there is one, from
  what it has sent so far) and from the reference. Where the reference's rows are ``lag_parts`` parts apart,
  its φ is that many steps of an AR(1). Where that is not known, φ counts as the share of the variance that
  moves more slowly than any span: such a mean is never worth more than 1/φ parts.
- Where the past varies between spans more than all this explains, limits widen by as much. The newest windows
  are no past yet, and a median is taken, so that a drift does not hide itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.compute import binned, limits

WORTH, SPAN_MOST = 8.0, 12
ENOUGH = 0.8  # of what the longest span is worth
PAST_LEAST = 40  # windows
BINS_MOST = 10
MEDIAN_CHI2 = 0.4549  # of χ²₁
STATISTICS = ("psi", "ks", "mean")
F = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a version learned of one reading: counts (k,) with missing at the end, mean, sd, and φ of
    neighbouring rows, which lie ``lag_parts`` parts apart (None: nobody knows)."""

    counts: F
    mean: float
    sd: float
    phi: float
    lag_parts: float | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Reference:
        return cls(
            np.asarray(stored["counts"], dtype=np.float64),
            float(stored.get("mean") or 0.0),
            float(stored.get("sd") or 0.0),
            float(np.clip(stored.get("phi") or 0.0, 0.0, limits.PHI_MOST)),
            stored.get("lag_parts"),
        )

    def inflation(self, n: float, phi: float) -> float:
        """The variance of a mean of n parts over that of independent ones; ``phi`` is the machine's own."""
        own = float(limits.inflation(n, phi))
        if self.lag_parts:
            return max(own, float(limits.inflation(n, self.phi ** (1 / self.lag_parts))))
        return self.phi * n + (1 - self.phi) * own

    @property
    def worth(self) -> float:
        size = float(self.counts[:-1].sum())
        return float(limits.effective(max(size, 1.0), self.phi))


@dataclass(frozen=True, slots=True)
class Found:
    """A statistic of the window ``index``, over the n parts of its span; ``shift`` in the reading's unit."""

    index: int
    statistic: str
    n: int
    value: float
    limit: float
    shift: float | None


def past_phi(moments: F) -> float:
    """Lag-1 autocorrelation of all windows (w, 5) together; 0 below 60 pairs."""
    n, total, squares, lagged, pairs = moments.sum(axis=0)
    if pairs < 60 or n < 60:
        return 0.0
    mean = total / n
    variance = squares / n - mean * mean
    if variance <= 1e-12 * max(1.0, mean * mean):
        return 0.0
    return float(np.clip((lagged / pairs - mean * mean) / variance, 0.0, limits.PHI_MOST))


def own_phi(past: F, so_far: F, reference: Reference) -> float:
    """What the machine shows of φ: its past; without one all it sent, unless the reference knows."""
    if len(past) >= PAST_LEAST:
        return past_phi(past)
    return 0.0 if reference.lag_parts else past_phi(so_far)


def span_start(sizes: F, index: int, reference: Reference, phi: float) -> int:
    """The first window of the span that ends with ``index``: worth enough, or as much as it gets."""
    first = max(0, index - SPAN_MOST + 1)
    totals = np.maximum(sizes[first : index + 1][::-1].cumsum(), 1.0)
    worth = [n / reference.inflation(n, phi) for n in totals]
    enough = min(WORTH, ENOUGH * max(worth))
    return index - next(back for back, one in enumerate(worth) if one >= enough)


def widened(moments: F, length: int, reference: Reference, phi: float) -> float:
    """How much more spans of ``length`` windows of the past (w, 5) vary than the model of them says."""
    if len(moments) < PAST_LEAST or reference.sd <= 0:
        return 1.0
    sums = np.vstack([np.zeros(5), moments.cumsum(axis=0)])
    spans = sums[length:] - sums[:-length]
    spans = spans[spans[:, 0] > 0]
    if not len(spans):
        return 1.0
    n = float(np.median(spans[:, 0]))
    squares = ((binned.means(spans) - reference.mean) / reference.sd) ** 2
    return max(1.0, float(np.median(squares)) / MEDIAN_CHI2 / (reference.inflation(n, phi) / n))


def judge(
    counts: NDArray[np.int64], moments: F, reference: Reference, *, wanted: list[int], alpha: float
) -> list[Found]:
    """Judge the windows ``wanted`` of counts (w, k) and moments (w, 5), oldest first.

    ValueError where the counts' bins are not the reference's.
    """
    if counts.shape[1] != reference.counts.size:
        raise ValueError(f"{counts.shape[1]} bins do not compare with {reference.counts.size}")
    here = binned.present(counts)
    sizes = here.sum(axis=1)
    found: list[Found] = []
    for index in wanted:
        past = moments[: max(0, index - 2 * SPAN_MOST)]
        phi = own_phi(past, moments[: index + 1], reference)
        start = span_start(sizes, index, reference, phi)
        n = float(sizes[start : index + 1].sum())
        if n < 1:
            continue
        span = slice(start, index + 1)
        wide = widened(past, index - start + 1, reference, phi)
        found += _span(
            here[span].sum(axis=0),
            moments[span].sum(axis=0),
            reference,
            index=index,
            phi=phi,
            inflation=reference.inflation(n, phi) * wide,
            alpha=alpha,
        )
    return found


def _span(
    counts: F, moments: F, reference: Reference, *, index: int, phi: float, inflation: float, alpha: float
) -> list[Found]:
    n = float(counts.sum())
    worth = n / inflation
    m = reference.worth
    ref = reference.counts[:-1]
    bins = float(np.clip(worth / 2, 2, BINS_MOST))
    groups = binned.groups_of(ref, 1 / bins)
    joined, ref_joined = np.add.reduceat(counts, groups), np.add.reduceat(ref, groups)
    mean = float(binned.means(moments))
    shift = mean - reference.mean if np.isfinite(mean) else None
    made = [
        Found(
            index,
            "psi",
            int(n),
            float(binned.psi(joined, ref_joined)),
            limits.psi_limit(
                n=n,
                phi=phi,
                bins=len(groups),
                m=m,
                alpha=alpha,
                widen=inflation / float(limits.inflation(n, phi)),
            ),
            shift,
        ),
        Found(
            index,
            "ks",
            int(n),
            float(binned.ks(counts, ref)),
            limits.ks_limit(n=worth, m=m, alpha=alpha),
            shift,
        ),
    ]
    if shift is not None and reference.sd > 0:
        error = reference.sd * np.sqrt(1 / worth + 1 / m)
        made.append(Found(index, "mean", int(n), abs(shift) / error, limits.mean_limit(alpha=alpha), shift))
    return made


def judge_mix(counts: F, reference: F, *, phi: float, wanted: list[int], alpha: float) -> list[Found]:
    """PSI of a tally (classes, or bins of confidence) over spans; counts (w, k), reference (k,)."""
    sizes = counts.sum(axis=1)
    found = []
    total = float(reference.sum())
    if total <= 0:
        return []
    order = np.argsort(-reference, kind="stable")  # rare ones stand together, so that they join
    for index in wanted:
        start = span_start(sizes, index, Reference(reference, 0.0, 1.0, phi, 1.0), phi)
        n = float(sizes[start : index + 1].sum())
        if n < 1:
            continue
        worth = float(limits.effective(n, phi))
        ref = reference[order]
        groups = binned.groups_of(ref, max(1 / BINS_MOST, min(0.5, 2 / worth)))
        if len(groups) < 2:
            continue
        joined = np.add.reduceat(counts[start : index + 1].sum(axis=0)[order], groups)
        value = float(binned.psi(joined, np.add.reduceat(ref, groups)))
        limit = limits.psi_limit(
            n=n, phi=phi, bins=len(groups), m=float(limits.effective(total, phi)), alpha=alpha
        )
        found.append(Found(index, "psi", int(n), value, limit, None))
    return found
