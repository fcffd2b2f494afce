"""In which range a model is watched. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitoring.limits.rules.spans import COUNT, LOT, TIME

WatchRange: dict[str, tuple[Any, ...]] = {
    "window_kind": (TIME, COUNT, LOT),
    "window_parts": (1, 1_000_000),
    "persistence": (1, 10),
    "returned": (0.1, 1.0),
    "quiet_hours": (0, 720),
    "keep_windows": (1, 3650),
    "keep_hours": (1, 7300),
    "keep_days": (1, 20000),
}


def out_of_range(values: Mapping[str, Any]) -> str:
    """The first of ``values`` that is not in its range; coarser windows are kept at least as long as finer
    ones."""
    for name, held in WatchRange.items():
        value = values[name]
        if isinstance(held[0], str):
            if value not in held:
                return name
        elif not isinstance(value, int | float) or not held[0] <= value <= held[1]:
            return name
    if values["keep_hours"] < values["keep_windows"]:
        return "keep_hours"
    return "keep_days" if values["keep_days"] < values["keep_hours"] else ""
