from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Node, Site


@pytest.fixture
def recorded(db: None) -> Callable[[], list[str]]:
    """The types of all events so far, oldest first."""
    from mlops_portal.foundation.ledger.models import Event

    return lambda: list(Event.objects.order_by("pk").values_list("type", flat=True))


@pytest.fixture
def other_site(cast) -> Site:
    from mlops_portal.foundation.plant.models import Line, Site

    site = Site.objects.create(name="Borkheide", slug="borkheide", time_zone="America/Chicago")
    Line.objects.create(name="Line 9", slug="line-9", site=site)
    return site


@dataclass(frozen=True)
class Machines:
    press: AssetType
    mill: AssetType
    node: Node
    asset: Asset
    line_2_node: Node


@pytest.fixture
def machines(cast) -> Machines:
    """A press with its node on line 1, and a node on line 2."""
    from mlops_portal.foundation.plant.models import Asset, AssetType, Node

    now = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    press = AssetType.objects.create(name="Press", slug="press")
    mill = AssetType.objects.create(name="Mill", slug="mill")

    def node(line: Line, number: int) -> Node:
        return Node.objects.create(name=f"Node {number}", slug=f"node-{number}", line=line, registered_at=now)

    first, second = node(cast.line_1, 1), node(cast.line_2, 2)
    asset = Asset.objects.create(name="Press 1", slug="press-1", line=cast.line_1, type=press, node=first)
    return Machines(press, mill, first, asset, second)
