from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge_agent.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A node and its portal."""
    made = World(tmp_path)
    yield made
    made.end()
    made.portal.close()
