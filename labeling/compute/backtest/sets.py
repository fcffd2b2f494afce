"""Which rows measure, which wait to be asked about, and which are known at the start; the same for every
strategy with the same seed, so that curves are paired."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Rows = NDArray[np.intp]
HOLDOUT = 0.4
MOST_MEASURED = 2500
"""More held-out rows than this measure no better than it costs to judge them after every batch."""


def split(label: Labels, group: Labels, seed: int, share: float = HOLDOUT) -> tuple[Rows, Rows]:
    """The pool and the held-out rows: ``share`` of the groups of each class; a group goes to one side.

    ``label`` and ``group`` int64 (n,); a group counts for the class of its first row.
    """
    random = np.random.default_rng([seed, 1])
    names, first, place = np.unique(group, return_index=True, return_inverse=True)
    measured = np.zeros(len(names), dtype=np.bool_)
    for one in np.unique(label[first]):
        mine = np.flatnonzero(label[first] == one)
        random.shuffle(mine)
        measured[mine[: max(1, round(share * len(mine)))]] = len(mine) > 1
    held = np.flatnonzero(measured[place])
    if len(held) > MOST_MEASURED:
        held = np.sort(random.choice(held, MOST_MEASURED, replace=False))
    return np.flatnonzero(~measured[place]), held


def first_labels(label: Labels, pool: Rows, count: int, seed: int) -> Rows:
    """``count`` of the pool at random; where they are all of one class the last gives way to another."""
    order = np.random.default_rng([seed, 2]).permutation(pool)
    known = order[:count].copy()
    if len(np.unique(label[known])) < 2:
        others = order[count:][label[order[count:]] != label[known[0]]]
        if len(others):
            known[-1] = others[0]
    return known
