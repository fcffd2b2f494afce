"""Counts and moments of one stored row as bytes, so that hundreds of rows add up in a few milliseconds. Pure.

Readings in the order of their keys: all counts as int64, then five moments each as float64, little-endian. A
reading that a row lacks is missing on all its parts.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

MOMENTS = 5
Layout = list[tuple[str, int]]


def layout_of(features: Mapping[str, Mapping[str, Any]]) -> Layout:
    """(key, bins) of a reference's features, in their order in the bytes."""
    return sorted((key, len(one["counts"])) for key, one in features.items())


def pack(
    counts: Mapping[str, Sequence[int]], moments: Mapping[str, Sequence[float]], layout: Layout, n: int
) -> bytes:
    """The bytes of one row; ValueError where its bins are not the layout's."""
    whole, parts = array("q"), array("d")
    for key, bins in layout:
        row = counts.get(key) or [*[0] * (bins - 1), n]
        if len(row) != bins:
            raise ValueError(f"{key} has {len(row)} bins, not {bins}")
        whole.extend(row)
        parts.extend(moments.get(key) or [0.0] * MOMENTS)
    if sys.byteorder == "big":
        whole.byteswap()
        parts.byteswap()
    return whole.tobytes() + parts.tobytes()
