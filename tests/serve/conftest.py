from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.running import Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Not started yet."""
    run = Run(tmp_path / "var")
    yield run
    run.clean()
