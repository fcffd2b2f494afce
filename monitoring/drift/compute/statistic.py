"""One statistic of one window, as every way of judging finds it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowStatistic:
    """A statistic of the window ``index``, over n parts; ``shift`` in the reading's unit, None where it is of
    no shift."""

    index: int
    statistic: str
    n: int
    value: float
    limit: float
    shift: float | None
