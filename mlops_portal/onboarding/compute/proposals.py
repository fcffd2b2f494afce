"""Parts of which a model is surest and right, for a person to look at before they become golden samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WIDE = 8
"""How many times as many parts as asked for are looked at, so that those chosen lie apart in the file."""


def surest(
    *,
    truth: NDArray[np.int64],
    said: NDArray[np.int64],
    confidence: NDArray[np.float64],
    part: Sequence[str],
    per_class: int,
) -> list[int]:
    """Rows, all (n,): of each class that occurs up to ``per_class`` of different parts, in the file's order.

    A class on whose parts the model is never right gets none: its golden samples must come from a person.
    """
    chosen: list[int] = []
    names = np.array(part, dtype=np.str_)
    for key in np.unique(truth):
        right = np.flatnonzero((truth == key) & (said == key))
        right = right[np.argsort(-confidence[right], kind="stable")]
        _names, first = np.unique(names[right], return_index=True)
        pool = np.sort(right[np.sort(first)][: per_class * WIDE])
        if len(pool) > per_class:
            pool = pool[np.linspace(0, len(pool) - 1, per_class).round().astype(np.int64)]
        chosen.extend(int(one) for one in pool)
    return sorted(chosen)
