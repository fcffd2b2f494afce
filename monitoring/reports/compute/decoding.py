"""Adding up rows that ``rules.encoding`` encoded. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from monitoring.rules.encoding import (
    DOUBLE,
    MOMENTS,
    Layout,
    width_of,
)


def summed(blobs: Sequence[bytes], layout: Layout) -> tuple[dict[str, list[int]], dict[str, list[float]]]:
    """The counts and moments of all rows together, by reading; counts are exact up to 2**53.

    ValueError where the bytes are not of this layout.
    """
    if not blobs or not layout:
        return {}, {}
    by_size: dict[int, list[bytes]] = defaultdict(list)
    for blob in blobs:
        by_size[len(blob)].append(blob)
    head = MOMENTS * DOUBLE * len(layout)
    counts = np.zeros(sum(count for _key, count in layout))
    moments = np.zeros(MOMENTS * len(layout))
    for size, same in by_size.items():
        width = width_of(size, layout)
        rows = np.frombuffer(b"".join(same), dtype=np.uint8).reshape(len(same), size)
        moments += np.ascontiguousarray(rows[:, :head]).view("<f8").sum(axis=0)
        counts += np.ascontiguousarray(rows[:, head:]).view(f"<u{width}").sum(axis=0, dtype=np.float64)
    ends = np.cumsum([count for _key, count in layout])
    by_reading = moments.reshape(len(layout), MOMENTS)
    return (
        {
            key: [int(one) for one in counts[end - count : end]]
            for (key, count), end in zip(layout, ends, strict=True)
        },
        {key: by_reading[row].tolist() for row, (key, _count) in enumerate(layout)},
    )
