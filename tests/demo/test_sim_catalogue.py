"""The catalogue fits together: every key leads somewhere and every text is there in both languages."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import fields, is_dataclass

import pytest

from mlops_portal.above.demo.sim import catalogue
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES
from mlops_portal.above.demo.sim.rules import RULES


def texts(thing):
    if isinstance(thing, dict) and set(thing) == {"en", "de"}:
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from texts(value)
    elif isinstance(thing, tuple):
        for value in thing:
            yield from texts(value)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts(getattr(thing, field.name))


def test_the_plant_has_two_lines_six_assets_of_two_types_three_nodes_and_three_shifts():
    assert len(catalogue.LINES) == 2
    assert len(catalogue.ASSETS) == 6
    assert len(catalogue.ASSET_TYPES) == 2
    assert len(catalogue.NODES) == 3
    assert len(catalogue.SHIFTS) == 3


def test_each_node_serves_two_assets_of_its_own_line():
    lines = {node.key: node.line for node in catalogue.NODES}
    assert set(Counter(asset.node for asset in catalogue.ASSETS.values()).values()) == {2}
    assert all(lines[asset.node] == asset.line for asset in catalogue.ASSETS.values())


def test_every_text_is_there_in_english_and_german():
    everything = [
        catalogue.SITE, catalogue.LINES, catalogue.NODES, catalogue.SHIFTS, catalogue.ASSETS,
        catalogue.ASSET_TYPES, RULES, *((one.name, one.text) for one in DISTURBANCES.values()),
    ]  # fmt: skip
    found = [text for part in everything for text in texts(part)]
    assert len(found) > 90
    assert all(text["en"].strip() and text["de"].strip() for text in found)


@pytest.mark.parametrize("kind", catalogue.ASSET_TYPES.values(), ids=lambda kind: kind.key)
def test_an_asset_type_has_eight_to_fourteen_readings_in_known_groups(kind):
    assert 8 <= len(kind.readings) <= 14
    assert len({reading.key for reading in kind.readings}) == len(kind.readings)
    assert {reading.group for reading in kind.readings} == set(kind.groups)
    for reading in kind.readings:
        assert reading.limits[0] < reading.band[0] < reading.band[1] < reading.limits[1]


@pytest.mark.parametrize("kind", catalogue.ASSET_TYPES.values(), ids=lambda kind: kind.key)
def test_every_class_has_one_rule_whose_causes_are_readings(kind):
    assert [rule.defect for rule in RULES[kind.key]] == [one.key for one in kind.classes]
    for rule in RULES[kind.key]:
        for cause in rule.causes:
            assert kind.reading(cause.reading)


def test_disturbances_name_readings_and_classes_that_exist():
    for disturbance in DISTURBANCES.values():
        for key, moved in disturbance.moves.items():
            assert all(catalogue.ASSET_TYPES[key].reading(one) for one in moved)
        for key, raised in disturbance.raises.items():
            assert set(raised) <= {one.key for one in catalogue.ASSET_TYPES[key].classes}


def test_an_unknown_asset_type_is_refused():
    with pytest.raises(KeyError):
        catalogue.assets_of("lathe")


def test_what_a_page_shows_of_the_plant_is_read_without_numpy():
    program = (
        "import sys; from mlops_portal.above.demo.sim import catalogue, disturbances, parts, rules; "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
