"""What numerics need to know of a description; it knows no framework."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

BELOW, WITHIN, ABOVE = "low", "in_limits", "high"
Column = dict[str, Any]


def with_role(columns: Iterable[Column], role: str) -> Column | None:
    return next((one for one in columns if one["role"] == role), None)


def readings(columns: Iterable[Column]) -> list[Column]:
    return [one for one in columns if one["role"] == "reading"]
