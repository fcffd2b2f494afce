"""Counts and moments of one stored row as bytes, so that thousands of rows add up in some milliseconds. Pure.

- Readings in the order of their keys: five moments each as float64, then all counts as unsigned integers of
  the fewest bytes that hold the largest, little-endian; how many bytes follows from the length.
- Small counts make small rows: reading them is what a report of a long span costs.
- A reading that a row lacks is missing on all its parts.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

MOMENTS, DOUBLE = 5, 8
WIDTHS = (1, 2, 4, 8)  # bytes of a count
CODES = {array(code).itemsize: code for code in "QLIHB"}
Layout = list[tuple[str, int]]


def layout_of(features: Mapping[str, Mapping[str, Any]]) -> Layout:
    """(key, bins) of a reference's features, in their order in the bytes."""
    return sorted((key, len(one["counts"])) for key, one in features.items())


def width_of(size: int, layout: Layout) -> int:
    """Bytes of a count in a row of ``size`` bytes; ValueError where it is not of this layout."""
    bins = sum(count for _key, count in layout)
    width, rest = divmod(size - MOMENTS * DOUBLE * len(layout), bins) if bins else (0, size)
    if rest or width not in WIDTHS:
        raise ValueError("encoded rows are not of this version's readings")
    return width


def encode(
    counts: Mapping[str, Sequence[int]], moments: Mapping[str, Sequence[float]], layout: Layout, n: int
) -> bytes:
    """The bytes of one row; ValueError where its bins are not the layout's, or a count is below 0."""
    whole: list[int] = []
    parts = array("d")
    for key, bins in layout:
        row = counts.get(key) or [*[0] * (bins - 1), n]
        if len(row) != bins:
            raise ValueError(f"{key} has {len(row)} bins, not {bins}")
        if min(row) < 0:
            raise ValueError(f"{key} has a count below 0")
        whole += row
        parts.extend(moments.get(key) or [0.0] * MOMENTS)
    largest = max(whole, default=0)
    encoded = array(CODES[next(one for one in WIDTHS if largest < 1 << 8 * one)], whole)
    if sys.byteorder == "big":
        encoded.byteswap()
        parts.byteswap()
    return parts.tobytes() + encoded.tobytes()
