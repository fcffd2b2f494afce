"""From true values to what the machine reports: noise, resolution, limits, and now and then nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlops_portal.above.demo.sim.kinds import Reading


def measure(
    readings: Sequence[Reading],
    truth: Mapping[str, float],
    normals: Sequence[float],
    uniforms: Sequence[float],
) -> dict[str, float | None]:
    """One value per reading in its unit, from one normal and one uniform each; None where it dropped out."""
    values: dict[str, float | None] = {}
    for reading, normal, uniform in zip(readings, normals, uniforms, strict=True):
        value = truth[reading.key] + reading.noise * normal
        values[reading.key] = None if uniform < reading.dropout else rounded(reading, value)
    return values


def rounded(reading: Reading, value: float) -> float:
    """The value as the sensor can show it: inside its limits, on its resolution."""
    low, high = reading.limits
    inside = low if value < low else min(value, high)
    return round(round(inside / reading.step) * reading.step, reading.decimals)
