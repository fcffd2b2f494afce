"""The id that a judgement has, wherever and whenever it is made."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mlops_portal.foundation.wire.prediction import prediction_id

AT = datetime(2026, 11, 22, 12, 0, 0, 250, tzinfo=UTC)
SAID = {"node": "node-1", "asset": "press-3", "part": "P-7", "at": AT, "release": "press-3/4"}


def test_the_recipe_is_fixed():
    """Another recipe needs another version: nodes and portals in plants hold these ids."""
    assert prediction_id(**SAID) == "node-1:wh7incyzgu7bbn6gjr"


def test_judging_again_is_the_same_prediction_in_whatever_zone_the_time_is_written():
    there = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert prediction_id(**SAID | {"at": there}) == prediction_id(**SAID)


@pytest.mark.parametrize(
    "other",
    [
        {"node": "node-2"},
        {"asset": "press-4"},
        {"part": "P-8"},
        {"part": "p-7"},
        {"at": AT + timedelta(microseconds=1)},
        {"release": "press-3/5"},
        {"asset": "press-3P", "part": "-7"},  # what stands beside each other never runs together
    ],
)
def test_whatever_differs_it_is_another_prediction(other):
    assert prediction_id(**SAID | other) != prediction_id(**SAID)


def test_the_longest_name_of_a_node_leaves_room_in_the_portal():
    assert len(prediction_id(**SAID | {"node": "n" * 60})) <= 80


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        prediction_id(**SAID | {"at": AT.replace(tzinfo=None)})
