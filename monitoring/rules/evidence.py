"""“Is it a sensor, the process, or nothing?”: evidence that adds up. Pure.

- Each observation is in one of a few bins; how often each bin comes under each cause was counted on the
  simulated plant (``evidence_table``). Logarithms of the ratios add up (Good 1950, "Probability and the
  weighing of evidence"), as if observations were independent given the cause; what comes of it was held
  against seeds that counted nothing.
- The prior says sensor and process alike, and one alert in ten nothing. How alerts with the same reading were
  resolved moves it, each as one observation.
- A cause is named from ``SURE`` on; a sensor only from ``SURE_OF_SENSOR`` on, because people would then look
  at the sensor and not at the tool that wears. Below that it is “not sure yet”.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from monitoring.rules.evidence_table import SEEN

Origin = Literal["sensor", "process", "nothing"]
ORIGINS: tuple[Origin, ...] = ("sensor", "process", "nothing")
PRIOR: dict[Origin, float] = {"sensor": 0.45, "process": 0.45, "nothing": 0.1}
STILL = 0.02  # a sensor that sticks repeats its value; a slow temperature only seems to
SHARES, RESTS, COURSES, TOTAL = (0.35, 0.65, 0.85), (3.0, 6.0, 12.0), (0.35, 0.7), 6.0
SURE, SURE_OF_SENSOR = 0.7, 0.75


@dataclass(frozen=True, slots=True)
class Weighed:
    """One observation and the natural logarithm of how much likelier it is under each cause than on average
    over the three."""

    key: str
    bin: str
    weights: dict[Origin, float]


@dataclass(frozen=True, slots=True)
class Opinion:
    """Probability of each cause; ``origin`` is the one that is named, None where nothing is sure."""

    probabilities: dict[Origin, float]
    origin: Origin | None
    weighed: list[Weighed]

    @property
    def likeliest(self) -> Origin:
        return max(ORIGINS, key=lambda origin: self.probabilities[origin])


def observed(relations: Mapping[str, Any], *, recipe: bool, lot: bool) -> dict[str, str]:
    """The bins of ``drift.compute.relations.measured``, and whether recipe or lot changed as it began."""
    if relations["still"] < STILL:
        return {"still": "yes"}
    place = f"{_bin(relations['share'], SHARES)}{_bin(relations['rest'], RESTS)}"
    return {
        "still": "no",
        "relations": place,
        "course": str(_bin(relations["course"], COURSES)),
        "total": str(int(relations["total"] >= TOTAL)),
        "recipe": "yes" if recipe else "no",
        "lot": "yes" if lot else "no",
    }


def _bin(value: float, edges: tuple[float, ...]) -> int:
    return sum(value >= edge for edge in edges)


def weigh(bins: Mapping[str, str], ended: Mapping[Origin, int] | None = None) -> Opinion:
    """``ended``: how many alerts that looked like this one turned out to be of each cause."""
    before = ended or {}
    logs: dict[Origin, float] = {
        origin: math.log((10 * PRIOR[origin] + before.get(origin, 0)) / (10 + sum(before.values())))
        for origin in ORIGINS
    }
    weighed = []
    for key, place in bins.items():
        seen = SEEN[key].get(place, (1e-3, 1e-3, 1e-3))
        mean = sum(math.log(one) for one in seen) / len(seen)
        weights: dict[Origin, float] = {
            origin: math.log(one) - mean for origin, one in zip(ORIGINS, seen, strict=True)
        }
        weighed.append(Weighed(key, place, weights))
        for origin in ORIGINS:
            logs[origin] += weights[origin]
    most = max(logs.values())
    odds = {origin: math.exp(one - most) for origin, one in logs.items()}
    whole = sum(odds.values())
    chances: dict[Origin, float] = {origin: one / whole for origin, one in odds.items()}
    likely = max(ORIGINS, key=lambda origin: chances[origin])
    sure = chances[likely] >= (SURE_OF_SENSOR if likely == "sensor" else SURE)
    return Opinion(chances, likely if sure else None, weighed)
