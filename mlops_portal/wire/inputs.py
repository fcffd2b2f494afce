"""What a model gets of readings; portal and node share it, so that both judge the same numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def unseen_missing(readings: NDArray[np.float64], sizes: Sequence[int]) -> NDArray[np.float64]:
    """``readings`` float64 (n, features) with every unseen category missing (NaN).

    ``sizes`` (features,) are the numbers of categories, 0 for a number (see ``wire.categories``).
    """
    limits = np.array([size or np.inf for size in sizes], dtype=np.float64)
    if not np.isfinite(limits).any():
        return readings
    return np.where(readings >= limits, np.nan, readings)
