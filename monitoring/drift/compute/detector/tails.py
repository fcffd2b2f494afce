"""Statistics of different kinds on one scale, and the level that keeps the budget. Pure.

- Under the reference's own process each statistic becomes -ln P(at least as large): by its drawn ranks up to
  the ``BODY`` quantile, beyond it by an exponential tail through the mean excess (Pickands 1975: a
  generalised Pareto tail; its shape is near 0 for what is used here).
- The largest of them all is what a window says. How often it makes an event is counted over drawn streams,
  with the same rule that judges, so dependence between readings, statistics and windows is in the count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
BODY, POINTS = 0.98, 25
STEEPEST = 0.15  # of the distance from median to tail; a normal deviation has 0.22


@dataclass(frozen=True, slots=True)
class Tail:
    """One statistic's null law: value ``at`` the quantile ``BODY``, mean ``excess`` above it, and the body's
    quantiles (q,)."""

    at: float
    excess: float
    body: F

    def tail_score(self, values: F) -> F:
        """-ln of the share of drawn windows with at least such a value; shape as ``values``."""
        base = -np.log1p(-BODY)
        above = base + (values - self.at) / self.excess
        levels = -np.log1p(-np.linspace(0, BODY, self.body.size))
        return np.where(values > self.at, above, np.interp(values, self.body, levels))

    def value(self, tail_score: float) -> float:
        """The value at which the tail score is reached."""
        base = -np.log1p(-BODY)
        if tail_score >= base:
            return self.at + (tail_score - base) * self.excess
        levels = -np.log1p(-np.linspace(0, BODY, self.body.size))
        return float(np.interp(tail_score, levels, self.body))

    def stored(self) -> list[float]:
        return [self.at, self.excess, *map(float, self.body)]

    @classmethod
    def restored(cls, numbers: Sequence[float]) -> Tail:
        return cls(numbers[0], numbers[1], np.asarray(numbers[2:], dtype=np.float64))


def tail_of(drawn: F) -> Tail:
    """The law of drawn values (n,)."""
    body = np.quantile(drawn, np.linspace(0, BODY, POINTS))
    above = drawn[drawn > body[-1]]
    excess = float((above - body[-1]).mean()) if above.size else 0.0
    # what is bounded piles up at its bound; a value a hair above is no greater tail score
    floor = max(STEEPEST * float(body[-1] - body[body.size // 2]), 1e-9 * max(1.0, abs(float(body[-1]))))
    return Tail(float(body[-1]), max(excess, floor), body)
