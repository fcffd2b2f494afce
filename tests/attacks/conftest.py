"""A running portal, a real agent at a node of each line, and a thief who holds everything that is online."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.edge_sync.conftest import _own_files  # noqa: F401 - a fixture that these tests stand on too

if TYPE_CHECKING:
    from tests.attacks.node import RealNode
    from tests.attacks.scene import Scene
    from tests.cast import Cast


@pytest.fixture
def scene(live_server: Any, cast: Cast, tmp_path: Path) -> Iterator[Scene]:
    """Version 1 was approved by a passkey on line 2 and by password and code on line 1; both nodes run it."""
    from tests.attacks.scene import make_scene

    made = make_scene(cast, live_server.url, tmp_path / "nodes")
    yield made
    for node in made.nodes.values():
        node.end()


@pytest.fixture
def node(scene: Scene) -> RealNode:
    """The node of the passkey line."""
    return scene.nodes["line-2"]


@pytest.fixture
def weak_node(scene: Scene) -> RealNode:
    """The node of the portal-trusted line."""
    return scene.nodes["line-1"]


@pytest.fixture
def stays_on_version_1(scene: Scene, node: RealNode) -> Callable[[str], None]:
    """The node looks for updates, refuses what it finds for that reason, and runs what it ran."""

    def check(reason: str) -> None:
        node.exchange()
        node.exchange()
        assert node.running() == scene.good
        assert node.last_reason().startswith(f"{reason}: "), node.last_reason()

    return check
