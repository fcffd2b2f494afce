"""The demo's offline keys lie beside the portal; a real plant's never do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def demo_offline() -> Path:
    return Path(settings.VAR_DIR) / "demo-offline"


def no_offline_keys_beside_the_portal(**_kwargs: Any) -> list[CheckMessage]:
    """A system check: the production profile does not start with the demo's offline keys at hand."""
    if settings.PROFILE != "production" or not demo_offline().exists():
        return []
    return [
        Error(
            f"Offline keys lie beside the portal in {demo_offline()}.",
            hint="Move the folder to a medium that stays offline; keys_ceremony --offline names it.",
            id="edge_sync.E001",
        )
    ]
