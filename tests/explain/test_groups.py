"""Reasons are groups of readings, few, and they are the simulator's own rules."""

from __future__ import annotations

import numpy as np
import pytest

from explain.compute.contributions import Explainer
from explain.compute.groups import Readings, leaning, row_reasons, shares
from mlops_portal.above.demo.sim.rules import rule_of
from tests.explain.plant import trained

COLUMNS = Readings(
    keys=["pressure", "force", "heat", "sound"],
    group_of=["Hydraulics", "Hydraulics", "Heat", "Tool"],
    low=[140, 789, None, 62],
    high=[148, 836, None, 75],
)


@pytest.mark.parametrize("kind", ["press", "machining"])
def test_the_first_reason_is_a_cause_of_the_simulators_rule_in_nineteen_of_twenty_defects(kind):
    plant = trained(kind)
    found = Explainer(plant.model).explain(plant.new)
    groups = dict(zip(plant.columns.keys, plant.columns.group_of, strict=True))
    right = []
    for place in np.flatnonzero(found.said > 0):
        causes = rule_of(kind, plant.classes[found.said[place]]).causes
        first = row_reasons(found.of_said()[place], plant.new[place], plant.columns)[0]
        right.append(
            first["direction"] == "for" and first["group"] in {groups[one.reading] for one in causes}
        )
    assert len(right) >= 50
    print(f"{kind}: {np.mean(right):.3f} of {len(right)}")
    assert np.mean(right) >= 0.95


def test_readings_of_a_group_are_added_up_and_the_strongest_speaks_for_it():
    first, second, third = row_reasons(
        np.array([2.0, -0.5, 1.0, -0.9]), np.array([151.4, 800, 20, 70]), COLUMNS
    )
    assert (first["group"], first["feature"], first["direction"]) == ("Hydraulics", "pressure", "for")
    assert first["share"] == pytest.approx(1.5 / 3.4)
    assert (first["value"], first["low"], first["high"]) == (151.4, 140, 148)
    assert (second["group"], second["low"]) == ("Heat", None)
    assert (third["group"], third["direction"]) == ("Tool", "against")


def test_against_the_answer_the_reading_that_pulls_away_speaks():
    (only,) = row_reasons(np.array([1.0, -3.0, 0, 0]), np.array([145, 900.0, 20, 70]), COLUMNS)
    assert (only["feature"], only["direction"], only["share"]) == ("force", "against", 1.0)


def test_what_hardly_counts_is_no_reason():
    found = row_reasons(np.array([10.0, 0, 0.1, 0.1]), np.array([145, 800, 20, 70.0]), COLUMNS)
    assert [one["group"] for one in found] == ["Hydraulics"]


def test_a_part_that_nothing_speaks_about_has_no_reasons():
    assert row_reasons(np.zeros(4), np.zeros(4), COLUMNS) == []
    assert shares(np.zeros((2, 4)), COLUMNS) == pytest.approx([1 / 3] * 3)


def test_a_missing_reading_can_be_a_reason_without_a_value():
    (first, *_rest) = row_reasons(np.array([2.0, 0, 0, 0]), np.array([np.nan, 800, 20, 70]), COLUMNS)
    assert first["value"] is None


def test_over_many_rows_opposite_pulls_both_count_as_leaning():
    values = np.array([[1.0, 0, 0.5, 0], [-1.0, 0, 0.5, 0]])
    readings = np.array([[150.0, 800, 20, 70], [140.0, 800, np.nan, 70]])
    first, second, third = leaning(values, readings, COLUMNS)
    assert (first["group"], first["share"], first["value"]) == ("Hydraulics", pytest.approx(2 / 3), 145)
    assert (second["group"], second["value"]) == ("Heat", 20)
    assert third["share"] == 0
