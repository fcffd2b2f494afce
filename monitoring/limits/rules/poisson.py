"""How many false alarms a week there were, and how sure that is. Pure.

Garwood 1936: the exact interval of a Poisson rate, by bisection of its distribution function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

LEVEL = 0.95
STEPS = 80


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` events in ``weeks`` weeks: events a week, with its 95 % interval; (0, inf) without a week."""

    count: int
    weeks: float
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.weeks if self.weeks > 0 else math.nan

    def tells(self, promised: float) -> bool:
        """Whether events a week can be spoken of at all: a week was seen, or long enough for half an event at
        the rate that was promised."""
        return self.weeks >= 1 or self.weeks * promised >= 0.5

    def needs(self, promised: float) -> float:
        """Weeks in all after which, if no further event comes, the promise is surely kept."""
        return self.high * self.weeks / promised if self.weeks > 0 else rate(0, 1.0).high / promised

    def verdict(self, promised: float) -> str:
        """``broken``: surely more than promised; ``kept``: surely no more; ``early``: the interval holds the
        promise, so that it cannot be told yet."""
        if self.low > promised:
            return "broken"
        return "kept" if self.high <= promised else "early"


def at_most(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson X."""
    if mean <= 0:
        return 1.0
    terms = (number * math.log(mean) - mean - math.lgamma(number + 1) for number in range(count + 1))
    return min(1.0, math.fsum(math.exp(one) for one in terms))


def rate(count: int, weeks: float, level: float = LEVEL) -> Rate:
    """Events a week and their exact interval; ValueError for less than no event or no time."""
    if count < 0 or weeks < 0:
        raise ValueError("a rate needs a count and a time of 0 or more")
    if weeks == 0:
        return Rate(count, 0.0, 0.0, math.inf)
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - at_most(count - 1, mean) - tail, count)
    high = _solve(lambda mean: tail - at_most(count, mean), count)
    return Rate(count, weeks, low / weeks, high / weeks)


def _solve(rising: Callable[[float], float], count: int) -> float:
    """The mean at which a rising function is 0."""
    low, high = 0.0, count + 10.0 * math.sqrt(count + 1.0) + 10.0
    for _step in range(STEPS):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
