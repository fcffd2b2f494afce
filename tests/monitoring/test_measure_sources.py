"""Measures that nobody sends: what inspection found of the model, and how golden parts were judged."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from monitoring.errors import NotAMeasure
from monitoring.measures.selectors.sources import INSPECTED, source_values
from monitoring.measures.services.measures import measure_add
from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, GoldenSample, Inspection, Measure, Prediction, SampledRow
from tests.monitoring.ground import MINUTE, Floor

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert(floor: Floor):
    return floor.cast.one.domain_expert


def measure_of(floor: Floor, expert, source: str, **more) -> Measure:
    return measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name=f"From {source}", kind="model",
        source=source, **more,
    )  # fmt: skip


def judged(floor: Floor, number: int, **more) -> Prediction:
    return Prediction.objects.create(
        id=f"node-1:{number}", node=floor.node, asset=floor.press, version=floor.version,
        activation="press-1/1", part_id=more.pop("part", f"p{number}"), label="ok", confidence=0.9,
        at=more.pop("at", timezone.now()), **more,
    )  # fmt: skip


def inspected(floor: Floor, wrong: list[bool], *, ago: int) -> None:
    """Parts of which inspection told one a minute, the first ``ago`` minutes ago; made a day before."""
    first, count = timezone.now() - ago * MINUTE, Prediction.objects.count()
    for index, one in enumerate(wrong):
        at = first + index * MINUTE
        part = judged(
            floor, count + index, at=at - timedelta(days=1), truth="crack" if one else "ok", truth_at=at,
            truth_source="inspection",
        )  # fmt: skip
        told(part, at)


def told(part: Prediction, at) -> None:
    Inspection.objects.create(
        prediction=part, truth=part.truth, source=part.truth_source, at=part.truth_at, arrived_at=at
    )


def golden(floor: Floor, code: str, probability: float, *, ago: float, number: int) -> None:
    part = judged(floor, number, part=code, at=timezone.now() - ago * MINUTE)
    SampledRow.objects.create(
        prediction=part, readings={}, probabilities={"ok": 1 - probability, "crack": probability},
        reason="golden", inclusion_probability=1.0,
    )  # fmt: skip


@pytest.fixture
def samples(floor: Floor, expert) -> None:
    for code in ("G1", "G2"):
        GoldenSample.objects.create(
            model=floor.model, code=code, truth="crack", judged_by=expert, judged_at=timezone.now()
        )


def test_errors_are_counted_over_inspected_parts_in_the_order_in_which_they_were_told(floor, expert):
    measure = measure_of(floor, expert, ":error")
    inspected(floor, [True] * 5 + [False] * 20 + [False] * 20, ago=100)
    found = source_values(measure, now=timezone.now())
    assert list(found.values()) == [(pytest.approx(100 * 5 / INSPECTED), INSPECTED, None)]
    assert measure.unit == "%"
    judge(measure)
    assert source_values(measure, now=timezone.now()) == {}
    inspected(floor, [True] * 5, ago=20)
    assert list(source_values(measure, now=timezone.now()).values()) == [(pytest.approx(20.0), 25, None)]


def test_parts_that_were_told_of_at_one_moment_stay_together(floor, expert):
    measure, now = measure_of(floor, expert, ":error"), timezone.now()
    for index in range(40):
        told(judged(floor, index, truth="ok", truth_at=now - MINUTE, truth_source="inspection"), now - MINUTE)
    assert source_values(measure, now=now) == {now - MINUTE: (0.0, 40, None)}


def test_answers_to_what_the_model_was_unsure_of_do_not_count(floor, expert):
    measure, now = measure_of(floor, expert, ":error"), timezone.now()
    for index in range(40):
        told(judged(floor, index, truth="crack", truth_at=now - MINUTE, truth_source="label"), now - MINUTE)
    assert source_values(measure, now=now) == {}


def test_a_model_that_is_wrong_more_often_raises_an_alert(floor, expert):
    measure = measure_of(floor, expert, ":error", reference_size=60, bad="up", share=1.0)
    rng = np.random.default_rng(3)
    inspected(floor, (rng.random(60 * INSPECTED) < 0.05).tolist(), ago=2400)
    judge(measure)
    assert not Alert.objects.exists()
    inspected(floor, (rng.random(16 * INSPECTED) < 0.25).tolist(), ago=420)
    judge(measure)
    alert = Alert.objects.get()
    assert (alert.measure, alert.version) == (measure, None)


def test_a_run_of_golden_parts_is_one_value_once_it_is_over(floor, expert, samples):
    measure = measure_of(floor, expert, ":golden")
    golden(floor, "G1", 0.9, ago=100, number=1)
    golden(floor, "G2", 0.7, ago=98, number=2)
    golden(floor, "unknown", 0.0, ago=97, number=3)
    golden(floor, "G1", 0.5, ago=10, number=4)
    found = source_values(measure, now=timezone.now())
    assert list(found.values()) == [(pytest.approx(80.0), None, None)]


def test_a_golden_part_of_another_model_has_no_truth_here(floor, expert):
    golden(floor, "G1", 0.9, ago=100, number=1)
    assert source_values(measure_of(floor, expert, ":golden"), now=timezone.now()) == {}


@pytest.mark.parametrize("source", ["nothing_of_the_kind", ":power"])
def test_a_source_that_no_model_there_has_is_refused(floor, expert, source):
    with pytest.raises(NotAMeasure, match="has a reading"):
        measure_of(floor, expert, source)


def test_the_form_offers_them(floor, client_for, expert):
    page = client_for(expert).get("/measures/add/").content.decode()
    assert "How often the model is wrong" in page
    assert "How sure it is of golden parts" in page
