"""What a candidate leans on, beside the version that runs."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from explain.models import Explanation
from explain.selectors import compare, comparison_for
from mlops_portal.foundation.registry.compute.datasets import encode
from mlops_portal.foundation.registry.services import dataset_put
from mlops_portal.foundation.wire import jcs
from tests.explain.plant import fitted, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(press):
    plant = trained()
    n = len(plant.past)
    data = encode(
        columns=dict(zip(plant.columns.keys, plant.past.T, strict=True)),
        label=plant.whole.defect[:n],
        part=[f"P{i}" for i in range(n)],
        asset=["press-1"] * n,
        at=[datetime(2026, 1, 1, tzinfo=UTC)] * n,
    )
    return dataset_put(by=None, model=press.model, data=data, rows=n, name="past")


@pytest.fixture
def deaf(press):
    """A candidate whose tool readings were shuffled in training."""
    plant = trained()
    tool = [place for place, group in enumerate(plant.columns.group_of) if group == "Tool"]
    readings = plant.past.copy()
    readings[:, tool] = np.random.default_rng(5).permutation(readings[:, tool])
    return press.version_more(fitted(readings, plant.past_label))


def test_a_candidate_that_leans_elsewhere_says_where_beyond_chance(press, past, deaf, run):
    press.parts(trained().new[:80])
    run("explain.candidate", version_id=deaf.pk)
    found = comparison_for(press.version, deaf)
    assert "Tool" in {one.group for one in found.changes}
    assert "beyond chance" in found.sentence
    assert "8 models" in found.basis
    assert found.row.rows == 80
    assert {one.group for one in found.changes + found.others} == {*trained().columns.names}


def test_the_evidence_gets_plain_values(press, past, deaf, run):
    run("explain.candidate", version_id=deaf.pk)
    found = compare(press.version, deaf)
    tool = next(one for one in found if one["group"] == "Tool")
    assert tool["beyond"]
    assert tool["words"] == {"en": "Tool", "de": "Werkzeug"}
    assert tool["after"] < tool["before"]
    assert jcs.parse(jcs.canonical(found)) == found


def test_with_few_new_parts_past_parts_are_explained_besides(press, past, deaf, run):
    press.parts(trained().new[:3])
    run("explain.candidate", version_id=deaf.pk)
    assert Explanation.objects.get().rows == 400


def test_without_past_parts_the_page_says_that_training_again_was_not_tried(press, deaf, run):
    press.parts(trained().new[:60])
    run("explain.candidate", version_id=deaf.pk)
    assert "training again was not tried" in comparison_for(press.version, deaf).basis


def test_it_stays_as_it_was_because_evidence_rests_on_it(press, deaf, run):
    press.parts(trained().new[:60])
    run("explain.candidate", version_id=deaf.pk)
    first = Explanation.objects.get()
    press.parts(trained().new[60:200])
    run("explain.candidate", version_id=deaf.pk)
    assert Explanation.objects.get().at == first.at


def test_the_scheduler_finds_candidates_and_nothing_to_do_for_the_version_that_runs(press, deaf, run):
    press.parts(trained().new[:60])
    run("explain.waiting")
    assert Explanation.objects.get().version == deaf


def test_a_version_without_its_trees_waits_for_nothing(press, run):
    press.parts(trained().new[:60])
    press.version_more(None)
    run("explain.waiting")
    assert not Explanation.objects.exists()


def test_before_it_is_worked_out_there_is_nothing_to_compare(press, deaf):
    assert compare(press.version, deaf) == []
    assert comparison_for(press.version, deaf) is None
