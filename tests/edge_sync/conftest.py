"""A plant whose keys were signed in a ceremony."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.edge_sync.plant import EdgePlant


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    """Keys, repository and artifacts of this test alone; the broker and database stay where they are."""
    settings.VAR_DIR = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "storage")},
        }
    }
    return


@pytest.fixture
def plant(cast: Cast) -> EdgePlant:
    from tests.edge_sync.plant import make_plant

    return make_plant(cast)
