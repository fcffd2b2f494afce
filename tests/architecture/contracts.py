"""The contracts in pyproject.toml, so that no test here repeats their lists."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from mlops_portal.environment import BASE_DIR

PACKAGES = ("mlops_portal", "monitoring", "explain", "labeling", "approvals", "edge_sync")


@cache
def contract(name: str) -> dict[str, Any]:
    options = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(
        one for one in options["tool"]["importlinter"]["contracts"] if one["id"] == name
    )
    return found


def rooms() -> list[set[str]]:
    """The rooms from the highest to the lowest; those in one set are free among themselves."""
    return [{name.strip(" ()") for name in layer.split(":")} for layer in contract("rooms")["layers"]]
