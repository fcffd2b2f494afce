"""“Here”: the box that a finger drew on a picture of the part.

``{"view": "colour", "box": [x, y, width, height]}``, the box in shares of the picture's width and height,
from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite
from typing import Any

SMALLEST = 0.005


def mark_read(given: Any, *, views: Collection[str]) -> dict[str, Any] | None:
    """A mark as it is kept, rounded and inside the picture; None for what is none."""
    if not isinstance(given, dict) or given.get("view") not in views:
        return None
    box = given.get("box")
    if not isinstance(box, list) or len(box) != 4:
        return None
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not isfinite(one) for one in box):
        return None
    x, y, width, height = (float(one) for one in box)
    if min(x, y) < 0 or min(width, height) < SMALLEST or x + width > 1.001 or y + height > 1.001:
        return None
    return {"view": given["view"], "box": [round(one, 4) for one in (x, y, width, height)]}
