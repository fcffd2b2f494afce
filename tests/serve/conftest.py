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


@pytest.fixture(scope="package")
def _kept(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("standing") / "var").migrate()
    yield run
    run.clean()


@pytest.fixture
def standing(_kept: Run) -> Run:
    """Everything but MLflow and the demo, shared; the next test starts again what one has ended."""
    if not _kept.alive:
        _kept.until(lambda: not _kept.left(), "what the last run left to be gone", 40)
        _kept.start()
    return _kept
