"""How long a window should be, from the pace at which a table's parts were made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PARTS = 20  # of a machine in a window: enough to speak of a mean, few enough to see a day's drift
PLAIN = (60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)


def window_for(at: NDArray[np.float64], *, otherwise: int) -> int:
    """Seconds of the shortest plain span that holds ``PARTS`` parts at the median pace, a day at most.

    ``at`` float64 (n,) seconds, NaN where missing; ``otherwise`` where they say nothing of the pace.
    """
    known = np.sort(at[np.isfinite(at)])
    if known.size < PARTS:
        return otherwise
    pace = np.median(known[PARTS - 1 :] - known[: known.size - PARTS + 1])
    if pace <= 0:
        return otherwise
    return next((one for one in PLAIN if one >= pace), PLAIN[-1])
