"""Where the simulator keeps its files, below VAR_DIR."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def home() -> Path:
    return Path(settings.VAR_DIR) / "demo"


def feed_file(node: str, asset: str) -> Path:
    return home() / "feeds" / node / f"{asset}.jsonl"


def inspection_token() -> Path:
    """The API token of the inspection station."""
    return home() / "inspection.token"


def meters_token() -> Path:
    """The API token of the air meters."""
    return home() / "meters.token"


def camera_port() -> int:
    return int(settings.PORT) + 2
