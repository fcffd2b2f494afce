"""Streams with known laws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter


def autoregressive(phi: float, rows: int, readings: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """AR(1) with deviation 1, stationary from its first row: (rows, readings)."""
    noise = rng.standard_normal((rows + 200, readings))
    return lfilter([np.sqrt(1 - phi**2)], [1, -phi], noise, axis=0)[200:]
