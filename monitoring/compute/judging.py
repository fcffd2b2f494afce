"""One reading of one asset over a row of windows: PSI, KS and the mean, each beside its limit. Pure.

- Windows are judged over spans: a window and as many before it as are needed until the span is worth
  ``WORTH`` independent parts, ``SPAN_MOST`` at most. How long a span is depends on sizes alone, never on what
  was read, so it costs no false alarms.
- φ is the reference's or that of the machine's own past, whichever is larger; where the past varies between
  spans more than AR(1) can explain (lots, shifts, the weather), limits widen by as much. The newest windows
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
PAST_LEAST = 40  # windows
BINS_MOST = 10
MEDIAN_CHI2 = 0.4549  # of χ²₁
STATISTICS = ("psi", "ks", "mean")
F = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a version learned of one reading: counts (k,) with missing at the end, mean, sd, φ, rows."""

    counts: F
    mean: float
    sd: float
    phi: float

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Reference:
        return cls(
            np.asarray(stored["counts"], dtype=np.float64),
            float(stored.get("mean") or 0.0),
            float(stored.get("sd") or 0.0),
            float(stored.get("phi") or 0.0),
        )

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


def span_start(sizes: F, index: int, phi: float) -> int:
    """The first window of the span that ends with ``index``."""
    total = 0.0
    for start in range(index, max(-1, index - SPAN_MOST), -1):
        total += sizes[start]
        if limits.effective(max(total, 1.0), phi) >= WORTH:
            return start
    return max(0, index - SPAN_MOST + 1)


def widened(moments: F, length: int, reference: Reference, phi: float) -> float:
    """How much more spans of ``length`` windows of the past (w, 5) vary than AR(1) says."""
    if len(moments) < PAST_LEAST or reference.sd <= 0:
        return 1.0
    sums = np.vstack([np.zeros(5), moments.cumsum(axis=0)])
    spans = sums[length:] - sums[:-length]
    spans = spans[spans[:, 0] > 0]
    if not len(spans):
        return 1.0
    n = float(np.median(spans[:, 0]))
    squares = ((binned.means(spans) - reference.mean) / reference.sd) ** 2
    expected = float(limits.inflation(n, phi)) / n
    return max(1.0, float(np.median(squares)) / MEDIAN_CHI2 / expected)


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
        phi = max(reference.phi, past_phi(past))
        start = span_start(sizes, index, phi)
        n = float(sizes[start : index + 1].sum())
        if n < 1:
            continue
        wide = widened(past, index - start + 1, reference, phi)
        found += _span(here[start : index + 1].sum(axis=0), moments[start : index + 1].sum(axis=0),
                       reference, index=index, n=n, phi=phi, wide=wide, alpha=alpha)  # fmt: skip
    return found


def _span(
    counts: F,
    moments: F,
    reference: Reference,
    *,
    index: int,
    n: float,
    phi: float,
    wide: float,
    alpha: float,
) -> list[Found]:
    worth = n / (float(limits.inflation(n, phi)) * wide)
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
            limits.psi_limit(n=n, phi=phi, bins=len(groups), m=m, alpha=alpha, widen=wide),
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
        start = span_start(sizes, index, phi)
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
