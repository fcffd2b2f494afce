"""Rows behind midnight that still carry the old day, because a recorder writes the day of its file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DAY = 86_400.0
NIGHT = 6 * 3_600.0  # so long a step over midnight may be
MOST = 0.25  # of all rows; where more do it the times mean something else


def late_rows(local: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows of ``local`` float64 (n,) that belong to the day behind the one that they carry.

    They follow a row by less than ``NIGHT`` if a day is put on, go back without, and end with the file or
    with a row of the day that they should carry.
    """
    rows = np.flatnonzero(np.isfinite(local))
    times = local[rows]
    steps = np.diff(times)
    late: list[int] = []
    for start in np.flatnonzero((steps < -DAY + NIGHT) & (steps > -DAY)) + 1:
        before, end = times[start - 1], int(start)
        while (
            end < times.size and before - DAY < times[end] < before and (end == start or steps[end - 1] >= 0)
        ):
            end += 1
        follows = end == times.size or times[end] >= times[end - 1] + DAY
        if follows and times[end - 1] - times[start] < NIGHT:
            late += range(int(start), end)
    if not late or len(late) > MOST * times.size:
        return np.zeros(0, np.int64)
    chosen: NDArray[np.int64] = rows[np.array(late, dtype=np.int64)]
    return chosen
