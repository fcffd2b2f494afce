"""The demo's offline keys lie beside the portal; a real plant's never do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

MARK = "this-is-the-demo-plant"


def demo_offline() -> Path:
    return Path(settings.VAR_DIR) / "demo-offline"


def demo_mark() -> None:
    """Say that the plant of this portal is the demo's; only its loader does."""
    demo_offline().mkdir(parents=True, exist_ok=True, mode=0o700)
    (demo_offline() / MARK).touch()


def is_demo() -> bool:
    """Whether this is the embedded profile with the demo plant, whose offline keys may be used by a page."""
    return settings.PROFILE == "embedded" and (demo_offline() / MARK).exists()


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
