"""When a step began: the maximum-likelihood estimate after a signal (Samuel, Pignatiello and Calvin 1998)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def step_at(values: NDArray[np.float64], mean: float) -> int:
    """The index in ``values`` float (n,), n > 0, from which their mean differs most surely from ``mean``."""
    tail = np.cumsum((values - mean)[::-1])[::-1]
    return int(np.argmax(tail * tail / np.arange(len(values), 0, -1)))
