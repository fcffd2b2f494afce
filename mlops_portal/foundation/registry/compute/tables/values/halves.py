"""Clocks of twelve hours whose AM and PM were lost on the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HOUR, DAY = 3600.0, 86_400.0


def turn(local: NDArray[np.float64]) -> int | None:
    """The index of the first row at which such a clock starts again; None where it is no such clock.

    ``local`` float64 (n,): seconds by the clock that was written, NaN where there is none. It is one where
    every hour is from 1 to 12 and the rows, in the order that most of them have, go back on the same day by a
    quarter of a day to half of one, twice a day at most, and go on from there: a single row that is out of
    place turns no clock.
    """
    there = np.flatnonzero(np.isfinite(local))
    seconds = local[there]
    hours = seconds % DAY // HOUR
    if there.size < 3 or hours.min() < 1 or hours.max() > 12:
        return None
    steps = np.diff(seconds)
    newest_first = np.count_nonzero(steps < 0) > np.count_nonzero(steps > 0)
    steps = -steps[::-1] if newest_first else steps
    back = np.flatnonzero(steps <= -DAY / 4)
    again = np.append(steps, 0.0)[back + 1] >= DAY / 4
    days = (seconds[::-1] if newest_first else seconds) // DAY
    stays = (days[back] == days[back + 1]) & ~again
    if not back.size or not stays.all() or back.size > 2 * np.unique(days).size:
        return None
    return int(there[::-1][back[0]] if newest_first else there[back[0] + 1])
