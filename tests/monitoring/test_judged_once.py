"""A part at one time is judged once: what a feed that is read again makes of it under another release counts
nowhere, and is shown."""

from __future__ import annotations

import pytest

from mlops_portal.foundation.ledger.models import Event
from monitoring.models import Prediction, Quarantined, SampledRow
from monitoring.transitions import Check
from tests.monitoring.taking import checks, ids, take

pytestmark = pytest.mark.django_db


def again(floor, number: int, *, of: int, **more):
    """What release 2 says of the part of prediction ``of``."""
    part = floor.prediction(of)["part"]
    return floor.prediction(number, part=part, activation="press-1/2", label="crack", **more)


def test_the_first_judgement_counts_and_the_second_is_set_aside_with_its_row(floor):
    take(floor, predictions=[floor.prediction(1)], rows=[floor.row(1)])
    take(floor, predictions=[again(floor, 9, of=1), floor.prediction(2)], rows=[floor.row(9)])
    assert ids() == ["node-1:1", "node-1:2"]
    assert SampledRow.objects.get().prediction_id == "node-1:1"
    assert checks() == [Check.AGAIN, Check.AGAIN]
    assert "node-1:1" in Quarantined.objects.filter(sort="prediction").get().reason
    assert not Event.objects.filter(type="monitoring.records.set_aside").exists()


def test_of_two_in_one_batch_the_first_counts(floor):
    take(floor, predictions=[floor.prediction(1), again(floor, 9, of=1)])
    assert ids() == ["node-1:1"]
    assert Prediction.objects.get().label == "ok"


def test_sent_again_it_is_the_same_as_before(floor):
    for _time in range(2):
        take(floor, predictions=[floor.prediction(1), again(floor, 9, of=1)])
    assert (ids(), checks()) == (["node-1:1"], [Check.AGAIN])


def test_the_same_part_at_another_time_or_another_part_at_that_time_is_judged_anew(floor):
    take(floor, predictions=[floor.prediction(1)])
    take(floor, predictions=[again(floor, 2, of=1, minute=1), floor.prediction(3, activation="press-1/2")])
    assert ids() == ["node-1:1", "node-1:2", "node-1:3"]


def test_a_row_that_comes_a_batch_later_shares_the_fate_of_its_judgement(floor):
    take(floor, predictions=[floor.prediction(1)])
    take(floor, predictions=[again(floor, 9, of=1)])
    take(floor, rows=[floor.row(9)])
    assert (checks(), SampledRow.objects.count()) == ([Check.AGAIN, Check.AGAIN], 0)


def test_asking_what_was_judged_before_costs_no_query_a_part(floor, django_assert_max_num_queries):
    take(floor, predictions=[floor.prediction(n) for n in range(2)])
    with django_assert_max_num_queries(200) as few:
        take(floor, predictions=[floor.prediction(n) for n in range(10, 12)])
    with django_assert_max_num_queries(200) as many:
        take(floor, predictions=[floor.prediction(n) for n in range(100, 300)])
    assert len(many) <= len(few) + 5  # rows are stored some hundred at a time
