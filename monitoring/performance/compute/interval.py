"""The percentile interval of a bootstrap (Efron and Tibshirani 1993, chapter 13). Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

ENDS = (0.025, 0.975)


def percentile(drawn: ArrayLike) -> tuple[float, float]:
    """The 95 % interval of a measure's draws (n,); draws without a value (NaN) do not count."""
    low, high = np.nanquantile(np.asarray(drawn, dtype=np.float64), ENDS)
    return float(low), float(high)


def around(value: float, drawn: ArrayLike) -> dict[str, float]:
    """A measure with the interval of its draws, as versions and reports keep it."""
    low, high = percentile(drawn)
    return {"value": float(value), "low": low, "high": high}
