"""Series of different pace as rows of one table.

A row is a step of the slowest part: its value, and of each other part the mean of the values since the step
before. Clocks differ, so a step reaches ``SLACK`` of a step beyond its end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SLACK = 0.1

Timed = tuple[Sequence[float], Sequence[float]]  # seconds, rising, and values


def pace_of(parts: Sequence[Timed]) -> tuple[int, float]:
    """The index of the slowest part, by the median time between its values, and that time [s]; (0, 0) where
    a part has fewer than two."""
    gaps = [float(np.median(np.diff(times))) if len(times) > 1 else 0.0 for times, _ in parts]
    if not gaps or min(gaps) <= 0:
        return 0, 0.0
    slowest = int(np.argmax(gaps))
    return slowest, gaps[slowest]


def rows_of(parts: Sequence[Timed], ends: Sequence[float], *, slack: float) -> NDArray[np.float64]:
    """Means float (m, p) of the steps between neighbours of ``ends`` (m + 1,); NaN where a part has no value
    in one. The slowest part has its own there."""
    edges = np.asarray(ends, dtype=np.float64) + slack
    rows = np.full((max(0, len(edges) - 1), len(parts)), np.nan)
    for at, part in enumerate(parts):
        times, values = (np.asarray(column, dtype=np.float64) for column in part)
        if not times.size:
            continue
        places = np.searchsorted(times, edges, side="right")
        sums = np.concatenate([[0.0], np.cumsum(values - values.mean())])
        counts = np.diff(places)
        with np.errstate(invalid="ignore", divide="ignore"):
            rows[:, at] = np.diff(sums[places]) / counts + values.mean()
    return rows
