"""The charts that a measure may have: what each remembers, and its run length.

- **EWMA** (Roberts 1959): Z ← (1 - λ) Z + λ x. Sees small lasting steps; Z is the step itself.
- **CUSUM** (Page 1954): S ← max(0, S + x - k). Best for a step of 2 k that is known before.
- **Page–Hinkley** (Page 1954; Hinkley 1971): m ← m + x - δ, alarm when m - min m > λ. With the mean known
  from a reference this is the CUSUM with k = δ, so its run length is too; here with a small δ, for slow
  wandering.
- Shewhart (1931): the value itself, without memory; what control charts of points use (``control``).

All have two sides, or one where only one direction is bad; a one-sided EWMA has a barrier at zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from monitoring.measures.compute import chains
from monitoring.measures.compute.innovations import Innovations

Sides = Literal["both", "up", "down"]


@dataclass(frozen=True, slots=True)
class Kind:
    """``parameter``: λ of an EWMA, k of a CUSUM, δ of Page–Hinkley, in standard deviations of the
    residuals."""

    key: str
    parameter: float
    step: Callable[[float, float, float], float]
    two_sided: Callable[..., float]
    one_sided: Callable[..., float]

    def memory(self, limit: float) -> float:
        """About how many values it looks back on."""
        if self.key == "shewhart":
            return 1.0
        return 1 / self.parameter if self.key == "ewma" else max(1.0, limit / self.parameter)


def _average(level: float, x: float, lam: float) -> float:
    return (1 - lam) * level + lam * x


def _sum(level: float, x: float, k: float) -> float:
    return max(0.0, level + x - k)


def _itself(_level: float, x: float, _parameter: float) -> float:
    return x


KINDS: dict[str, Kind] = {
    one.key: one
    for one in (
        Kind("ewma", 0.1, _average, chains.ewma, chains.ewma_side),
        Kind("cusum", 0.5, _sum, chains.cusum, chains.cusum_side),
        Kind("page_hinkley", 0.25, _sum, chains.cusum, chains.cusum_side),
        Kind("shewhart", 1.0, _itself, chains.shewhart, chains.shewhart_side),
    )
}


def run_length(
    kind: Kind,
    sides: Sides,
    limit: float,
    innovations: Innovations,
    *,
    shift: float = 0.0,
    scale: float = 1.0,
    states: int = chains.STATES,
) -> float:
    """Average run length of a chart; ``shift`` and ``scale`` as in ``chains``."""
    if sides == "both":
        return kind.two_sided(
            kind.parameter, limit, innovations=innovations, shift=shift, scale=scale, states=states
        )
    if sides == "down":
        innovations, shift = innovations.mirrored(), -shift
    return kind.one_sided(
        kind.parameter, limit, innovations=innovations, shift=shift, scale=scale, states=states
    )
