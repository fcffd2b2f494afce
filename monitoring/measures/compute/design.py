"""The limit that a wanted run length asks for, and how sure the reference lets us be of it.

A reference of n values leaves its mean unknown by about 1/√n, its spread by √((κ - 1) / 4n), and its
autocorrelation, which acts as a spread too, by more the longer it lasts (Jensen et al. 2006 review what
that does to charts). The limit is set so that the *rate* of false alarms, averaged over what is left
unknown, is the promised one; the interval says where the run length of this very reference may lie.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from monitoring.measures.compute.innovations import Innovations
from monitoring.measures.compute.kinds import Kind, Sides, run_length

NODES = ((-math.sqrt(3), 1 / 6), (0.0, 2 / 3), (math.sqrt(3), 1 / 6))  # Gauss and Hermite, three points
WITHIN = 1.25  # how near the promise a long enough reference comes, in nine of ten
Z90 = 1.645
STATES = 60


@dataclass(frozen=True, slots=True)
class Unknown:
    """Standard errors of the reference's mean and spread, in standard deviations of the residuals."""

    shift: float
    scale: float

    def nodes(self) -> list[tuple[float, float, float]]:
        """(weight, shift, scale) over which a rate is averaged."""
        pairs = product(NODES, NODES)
        return [(a * b, x * self.shift, math.exp(y * self.scale)) for (x, a), (y, b) in pairs]


def unknown(n: int, *, kurtosis: float, memory: float, looks_back: float) -> Unknown:
    """What ``n`` values leave unknown; ``memory``: the sum of the autoregression's coefficients."""
    phi = min(max(memory, 0.0), 0.99)
    lasting = (1 - phi * phi) / (1 - phi + 1 / looks_back) ** 2
    return Unknown(1 / math.sqrt(n), min(0.4, math.sqrt(((kurtosis - 1) / 4 + lasting) / n)))


@dataclass(frozen=True, slots=True)
class Design:
    """``arl``: the wanted run length; ``low`` to ``high``: where that of this reference lies, in nine of ten;
    ``needed``: reference values with which it would be within 25 %."""

    limit: float
    arl: float
    low: float
    high: float
    needed: int


def design(
    kind: Kind, sides: Sides, *, arl: float, n: int, innovations: Innovations, memory: float = 0.0
) -> Design:
    """The limit for a run length of ``arl`` > 1 values, after a reference of ``n`` of them."""

    def nominal(limit: float) -> float:
        return run_length(kind, sides, limit, innovations, states=STATES)

    first = _solve(nominal, arl)
    left = unknown(n, kurtosis=innovations.kurtosis, memory=memory, looks_back=kind.memory(first))
    nodes = left.nodes()

    def averaged(limit: float) -> float:
        rate = sum(
            weight / run_length(kind, sides, limit, innovations, shift=shift, scale=scale, states=STATES)
            for weight, shift, scale in nodes
        )
        return 1 / rate

    limit = _solve(averaged, arl, start=first)
    logs = [
        (
            weight,
            math.log(run_length(kind, sides, limit, innovations, shift=shift, scale=scale, states=STATES)),
        )
        for weight, shift, scale in nodes
    ]
    middle = sum(weight * one for weight, one in logs)
    wide = Z90 * math.sqrt(sum(weight * (one - middle) ** 2 for weight, one in logs))
    needed = math.ceil(n * (wide / math.log(WITHIN)) ** 2)
    return Design(limit, arl, math.exp(middle - wide), math.exp(middle + wide), needed)


def _solve(length: Callable[[float], float], arl: float, start: float = 1.0) -> float:
    """The limit at which ``length``, which rises, is ``arl``: secants on its logarithm inside a bracket."""
    wanted = math.log(arl)
    low, high = 0.0, start
    at_high = math.log(length(high))
    while at_high < wanted and high < 1e3:
        low, high = high, high * 1.6
        at_high = math.log(length(high))
    at_low = math.log(length(low)) if low > 0 else 0.0
    for _ in range(30):
        share = (wanted - at_low) / (at_high - at_low) if at_high > at_low else 0.5
        middle = low + (high - low) * min(max(share, 0.05), 0.95)
        log_length = math.log(length(middle))
        if abs(log_length - wanted) < 2e-3 or high - low < 1e-6:
            return middle
        if log_length < wanted:
            low, at_low = middle, log_length
        else:
            high, at_high = middle, log_length
    return (low + high) / 2
