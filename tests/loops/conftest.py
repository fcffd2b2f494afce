"""A running portal and the whole loop around one machine, on real tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.edge_sync.conftest import _own_files  # noqa: F401 - a fixture that these tests stand on too

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.loops.world import Loop, Taught


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first version of a table has as many trees as those that follow it (``world.QUICK``); what is drawn
    by chance is the same each time."""
    from labeling.models.parameters import PARAMETERS
    from tests.loops.world import QUICK

    few = replace(PARAMETERS["max_iter"], default=QUICK["max_iter"])
    monkeypatch.setitem(PARAMETERS, "max_iter", few)
    monkeypatch.setattr("labeling.tasks.choosing.seed_of", lambda _job_id: 1)


@pytest.fixture
def loop_of(live_server: Any, cast: Cast, tmp_path: Path) -> Iterator[Callable[[Taught], Loop]]:
    """``loop_of(taught)``: a machine whose model learns from that table."""
    from tests.loops.world import Loop

    made: list[Loop] = []

    def go(taught: Taught) -> Loop:
        made.append(Loop(cast, tmp_path / "nodes", live_server.url, taught))
        return made[-1]

    yield go
    for one in made:
        one.end()


@pytest.fixture
def taught_of(cast: Cast, tmp_path: Path) -> Callable[[Taught], Loop]:
    """The same without a node: nothing is released, the newest version judges what is replayed."""
    from tests.loops.world import Loop

    return lambda taught: Loop(cast, tmp_path / "nodes", "", taught)
