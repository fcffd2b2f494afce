"""Adding up rows that ``rules.packing`` packed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitoring.rules.packing import MOMENTS, Layout


def summed(blobs: Sequence[bytes], layout: Layout) -> tuple[dict[str, list[int]], dict[str, list[float]]]:
    """The counts and moments of all rows together, by reading; counts are exact up to 2**53.

    ValueError where the bytes are not of this layout.
    """
    if not blobs or not layout:
        return {}, {}
    bins = sum(count for _key, count in layout)
    width = bins + MOMENTS * len(layout)
    whole = np.frombuffer(b"".join(blobs), dtype="<i8")
    if whole.size != width * len(blobs):
        raise ValueError("packed rows are not of this version's readings")
    rows = whole.reshape(len(blobs), width)
    counts = rows[:, :bins].sum(axis=0, dtype=np.float64)
    moments = rows.view("<f8")[:, bins:].sum(axis=0).reshape(len(layout), MOMENTS)
    ends = np.cumsum([count for _key, count in layout])
    return (
        {
            key: [int(one) for one in counts[end - count : end]]
            for (key, count), end in zip(layout, ends, strict=True)
        },
        {key: moments[row].tolist() for row, (key, _count) in enumerate(layout)},
    )
