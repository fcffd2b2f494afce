"""What a model gets of readings, and what counts as its answer; portal and node share both."""

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


def valid(probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows (n, classes) are probabilities at all: within 0 to 1, adding up to 1 within 1e-3."""
    within = ((probabilities >= -1e-6) & (probabilities <= 1 + 1e-6)).all(axis=1)
    return np.asarray(within & (np.abs(probabilities.sum(axis=1) - 1) <= 1e-3), dtype=np.bool_)
