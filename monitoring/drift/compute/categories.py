"""Readings that are words: a code has no mean and no spread, so they are judged by their tallies. Pure.

- PSI over the words and the unseen, the rare ones joined, over spans as ``judging.judge_mix`` has it.
- A word that the model never met is judged over a window alone, as what is missing is: so that a new material
  is not passed over in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute import judging, limits
from monitoring.drift.compute.references import Reference, Stack
from monitoring.drift.compute.statistic import WindowStatistic

STATISTICS = ("psi", "unseen", "missing")


def is_categorical(stored: Mapping[str, Any]) -> bool:
    """Whether a reference's feature is one of words."""
    return bool(stored.get("categories"))


def judge_categories(
    counts: NDArray[np.int64],
    moments: NDArray[np.float64],
    reference: Reference,
    *,
    wanted: Sequence[int],
    alpha: float,
) -> list[WindowStatistic]:
    """Judge the windows ``wanted`` of one reading: counts (w, k) with the unseen and the missing at the end,
    moments of its codes (w, 5), which say how long a word lasts. ValueError for other bins than the
    reference's."""
    if counts.shape[-1] != reference.counts.size:
        raise ValueError(f"{counts.shape[-1]} bins do not compare with {reference.counts.size}")
    stack = Stack.of([reference])
    own = judging.own_phi(moments[None], np.asarray(wanted[:1], dtype=np.intp), stack)
    phi = float(max(reference.phi, own.max(initial=0.0)))
    mixed = judging.judge_mix(
        counts[:, :-1].astype(np.float64), reference.counts[:-1], phi=phi, wanted=wanted, alpha=alpha
    )
    return mixed + judge_unseen(counts, reference, wanted=wanted, alpha=alpha)


def judge_unseen(
    counts: NDArray[np.int64], reference: Reference, *, wanted: Sequence[int], alpha: float
) -> list[WindowStatistic]:
    """The share of words that the model never met."""
    index = np.asarray(wanted, dtype=np.intp)
    n = counts[index, :-1].sum(axis=-1).astype(np.float64)
    unseen = counts[index, -2].astype(np.float64)
    limit = limits.unseen_limit(n=n, expected=unseen_share(reference), alpha=alpha)
    return [
        WindowStatistic(int(at), "unseen", int(n[w]), float(unseen[w] / n[w]), float(limit[w]), None)
        for w, at in enumerate(wanted)
        if n[w]
    ]


def unseen_share(reference: Reference) -> float:
    """What the reference lets expect: half a part where it had none."""
    return float((reference.counts[-2] + 0.5) / (reference.counts[:-1].sum() + 1))
