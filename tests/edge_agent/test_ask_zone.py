"""A node marks the parts that it does not decide alone, and sends their readings."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_portal.foundation.wire import spec
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.formats import ASK_ZONE, FIRST, OtherVersion
from tests.edge_agent import models

BELOW = 0.95


@pytest.fixture
def marked(world):
    world.release(models.good(), 1, spec=world.spec(models.good(), 1, ask_below=BELOW))
    world.start()
    world.exchange()
    world.parts(120)
    world.judge()
    world.later(200)
    world.judge()
    world.exchange()
    return world


def test_parts_below_the_threshold_are_marked_and_their_readings_sent_for_certain(marked):
    said = marked.portal.all("predictions")
    asks = {one["id"] for one in said if one["asks"]}
    assert asks == {one["id"] for one in said if one["confidence"] < BELOW}
    assert 0 < len(asks) < len(said) == 120
    rows = {one["id"]: one for one in marked.portal.all("rows")}
    assert asks <= set(rows)
    assert {rows[number]["inclusion_probability"] for number in asks} == {1.0}
    assert all(rows[number]["inclusion_probability"] < 1.0 for number in set(rows) - asks)


def test_without_a_threshold_no_part_is_marked(world):
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(20)
    world.judge()
    world.exchange()
    assert not any(one["asks"] for one in world.portal.all("predictions"))


def test_a_node_that_knows_no_ask_zone_refuses_the_spec_instead_of_deciding_all(world):
    described = world.spec(models.good(), 1, ask_below=BELOW)
    with pytest.raises(OtherVersion, match=ASK_ZONE):
        spec.parse(described, has=FIRST)
    assert spec.parse(described).ask_below == BELOW


@pytest.mark.parametrize("odd", [-0.1, 1.5, "0.9", True, float(np.float64(2))])
def test_a_threshold_that_is_no_share_is_refused(world, odd):
    with pytest.raises(Invalid, match="ask_below"):
        spec.parse(world.spec(models.good(), 1, ask_below=odd))
