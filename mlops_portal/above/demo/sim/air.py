"""Compressed air that a machine draws [l/min]: a series of the process that no model reads.

Every ``STEP`` seconds one value, found by its index like every other number of the plant, with neighbours
that resemble each other.
"""

from __future__ import annotations

from mlops_portal.above.demo.sim.noise import stream

STEP = 10
MEAN, SPREAD, LEAK = 120.0, 2.0, 7.0
WEIGHTS = (1.0, 0.6, 0.3)
NORM = sum(one * one for one in WEIGHTS) ** 0.5


def air_flow(seed: int, asset: str, index: int, *, leak: float = 0.0) -> float:
    """The flow at ``index`` steps since 1970; ``leak`` is the strength of a leak, 0 for none."""
    noise = sum(
        weight * stream(seed, "air", asset, index - back).standard_normal()
        for back, weight in enumerate(WEIGHTS)
    )
    return round(MEAN + SPREAD * float(noise) / NORM + LEAK * leak, 1)
