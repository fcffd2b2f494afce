"""The normal band of a reading, and the smallest shift that matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.wire.categories import GAPS, as_text, code_of

BAND = (0.01, 0.99)
TOLERANCE_SD = 0.5
DIGITS = 4


def _readable(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def band_of(values: NDArray[np.float64], good: NDArray[np.bool_]) -> tuple[float | None, float | None]:
    """First to 99th percentile of the good parts; values float64 (n,), good bool (n,)."""
    own = values[good & np.isfinite(values)]
    if not len(own):
        return None, None
    low, high = (_readable(float(one)) for one in np.quantile(own, BAND))
    return (low, high) if low < high else (None, None)


def tolerance_of(values: NDArray[np.float64], good: NDArray[np.bool_]) -> float | None:
    """Half a standard deviation of the good parts, in the reading's unit."""
    own = values[good & np.isfinite(values)]
    sd = float(own.std(ddof=1)) if len(own) > 1 else 0.0
    return _readable(TOLERANCE_SD * sd) if sd > 0 else None


def codes_of(
    values: NDArray[Any], categories: Sequence[str], *, ignore_case: bool = False
) -> NDArray[np.float64]:
    """A categorical reading, object (n,), as its codes (``wire.categories``): float64 (n,)."""
    code = {text: code_of(text, categories, ignore_case=ignore_case) for text in set(values)}
    return np.array([code[text] for text in values], dtype=np.float64)


def categories_of(
    values: NDArray[Any], described: Sequence[str], *, ignore_case: bool = False, gaps: bool = False
) -> list[str]:
    """The categories of a reading, object (n,), in their order: those that were ``described``, else all that
    occur; with ``gaps`` also the words for nothing that occur. Of those that differ by case alone the one
    that occurs stands for all, with ``ignore_case``."""
    there = {text for text in values if text is not None}
    categories = [as_text(one) for one in described] or sorted(there)
    if gaps:
        categories += sorted((there & set(GAPS)) - set(categories))
    if not ignore_case:
        return categories
    lead = {text.casefold(): text for text in sorted(there)}
    return list(dict.fromkeys(lead.get(one.casefold(), one) for one in categories))
