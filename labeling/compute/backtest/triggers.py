"""When a retrain trigger fires, from what was known at that moment and nothing later.

- drift: the detector's first alert on the readings since the last training; it needs no label.
- degradation: the errors of the last ``LOOK`` labelled windows since the last training lie ``sureness``
  standard errors above what held-out rows of that training promised.
- schedule: so many windows after the last training. never: never.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Detect = Callable[[Floats, Floats], "int | None"]
"""Reference (m, d), stream (n, d) → rows of the stream after which the first alert is known; None without."""
LOOK = 4


@dataclass(frozen=True, slots=True)
class Promise:
    """Mean and deviation of the cost of held-out rows at the last training."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Since:
    """What is known at the end of a window: ``windows`` since the training, costs of those with labels."""

    windows: int
    labelled: list[Floats]
    promise: Promise
    rows: int


Trigger = Callable[[Since], bool]


def never(since: Since) -> bool:
    return False


def on_schedule(every: int) -> Trigger:
    return lambda since: since.windows >= every


def on_degradation(sureness: float) -> Trigger:
    def fires(since: Since) -> bool:
        if not since.labelled:
            return False
        costs = np.concatenate(since.labelled[-LOOK:])
        error = since.promise.deviation / np.sqrt(max(len(costs), 1))
        return bool(len(costs) and costs.mean() > since.promise.mean + sureness * error)

    return fires
