"""Why the model says what it says about one part."""

from __future__ import annotations

import pytest
from django.utils import translation

from explain.models import Explanation
from explain.selectors import reasons_for
from explain.services import explanation_store

pytestmark = pytest.mark.django_db


def test_a_crack_is_explained_in_at_most_three_reasons_in_plant_words(press, cracked, run):
    (part,) = press.parts(cracked)
    run("explain.row", version_id=press.version.pk, prediction_id=part.pk)
    found = reasons_for(press.version, "part", part.pk)
    assert found.sentence == "Why the model says “Crack”"
    assert 1 <= len(found.reasons) <= 3
    first = found.reasons[0]
    assert first.group in {"Hydraulics", "Material", "Temperatures"}
    assert first.sentence.endswith("speaks for “Crack”.")
    assert "normal" in first.sentence


def test_the_stored_values_add_up_to_the_models_own_output(press, cracked, run):
    (part,) = press.parts(cracked)
    run("explain.row", version_id=press.version.pk, prediction_id=part.pk)
    row = Explanation.objects.get()
    assert row.label == "crack"
    assert row.base + sum(row.values.values()) == pytest.approx(row.output, abs=1e-9)
    assert row.difference < 1e-9


def test_the_reasons_are_told_in_german_with_german_numbers(press, cracked, run):
    (part,) = press.parts(cracked)
    run("explain.row", version_id=press.version.pk, prediction_id=part.pk)
    with translation.override("de"):
        found = reasons_for(press.version, "part", part.pk)
        assert found.reasons[0].group in {"Hydraulik", "Werkstoff", "Temperaturen"}
        assert "Riss" in found.sentence
        sentences = " ".join(one.sentence for one in found.reasons)
    assert "1,9" in sentences or "," in sentences


def test_explaining_again_changes_nothing(press, cracked, run):
    (part,) = press.parts(cracked)
    for _time in range(2):
        run("explain.rows", version_id=press.version.pk, prediction_ids=[part.pk])
    first = Explanation.objects.get()
    run("explain.row", version_id=press.version.pk, prediction_id=part.pk)
    assert Explanation.objects.get().at == first.at


def test_many_parts_are_explained_in_one_go(press, run):
    from tests.explain.plant import trained

    parts = press.parts(trained().new[:12])
    run("explain.rows", version_id=press.version.pk, prediction_ids=[one.pk for one in parts])
    assert Explanation.objects.count() == 12


def test_a_part_whose_readings_were_not_sent_is_left_alone(press, run):
    run("explain.row", version_id=press.version.pk, prediction_id="node-1:404")
    assert not Explanation.objects.exists()


@pytest.mark.parametrize("difference", [2e-6, float("nan"), float("inf")])
def test_an_explanation_that_misses_the_model_is_refused_and_nothing_of_it_is_kept(press, difference):
    explanation_store(
        version=press.version, kind="part", subject="node-1:1", label="crack", values={"vibration": 2.0},
        base=1.0, output=9.0, difference=difference, rows=1,
        reasons=[{"feature": "vibration", "group": "Tool", "share": 1.0, "direction": "for",
                  "value": 2.0, "low": 1.6, "high": 2.75}],
    )  # fmt: skip
    row = Explanation.objects.get()
    assert (row.values, row.reasons, row.output) == ({}, [], 0)
    found = reasons_for(press.version, "part", "node-1:1")
    assert found.refused
    assert found.reasons == []
    assert "can be trusted" in found.sentence


def test_what_is_not_worked_out_yet_is_none(press):
    assert reasons_for(press.version, "part", "node-1:1") is None


def test_stored_reasons_are_read_in_two_statements(press, cracked, run, django_assert_num_queries):
    (part,) = press.parts(cracked)
    run("explain.row", version_id=press.version.pk, prediction_id=part.pk)
    version = type(press.version).objects.select_related("model").get(pk=press.version.pk)
    with django_assert_num_queries(2):
        assert reasons_for(version, "part", part.pk).reasons
