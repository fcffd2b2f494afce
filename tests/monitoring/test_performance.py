"""How well a model judges, without truths and with truths that come days later."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from mlops_portal.foundation.registry.services import champion_set
from monitoring.models import Performance, Prediction, SampledRow
from monitoring.performance.compute import performance as compute
from monitoring.performance.services.inspections import inspection_record
from monitoring.performance.tasks import performance

DEFECT = np.array([False, True])
NOTHING = np.zeros(compute.BINS)


def judged(n: int, seed: int, *, overconfident: bool = False):
    """(said, confidence, truth) of ``n`` parts of a two-class model; overconfident: right less often."""
    random = np.random.default_rng(seed)
    defect = random.beta(0.4, 2.0, size=n)
    said = (defect > 0.5).astype(np.int64)
    sure = np.where(said == 1, defect, 1 - defect)
    right = random.random(n) < (0.5 + (sure - 0.5) * (0.5 if overconfident else 1.0))
    return said, sure, np.where(right, said, 1 - said)


def learned(table=None) -> compute.Learned:
    table = table or {"judged": NOTHING, "right": NOTHING}
    return compute.Learned(
        np.asarray(table["judged"], dtype=float), np.asarray(table["right"], dtype=float),
        np.zeros((2, 2)), DEFECT,
    )  # fmt: skip


def test_calibrated_confidences_expect_what_the_truths_show():
    said, sure, truth = judged(20_000, 1)
    found = compute.expected(compute.tally(said, sure, 2), learned())
    table = np.zeros((2, 2))
    np.add.at(table, (truth, said), 1)
    seen = compute.seen(table, float(table.sum()), DEFECT)
    for key in ("accuracy", "macro_f1", "missed_rate", "false_reject_rate"):
        assert found[key]["value"] == pytest.approx(seen[key]["value"], abs=0.02), key


def test_a_table_of_the_reference_corrects_an_overconfident_model():
    said, sure, truth = judged(5000, 2, overconfident=True)
    table = compute.reliability(said == truth, sure)
    said, sure, truth = judged(5000, 3, overconfident=True)
    plain = compute.expected(compute.tally(said, sure, 2), learned())["accuracy"]
    mended = compute.expected(compute.tally(said, sure, 2), learned(table))["accuracy"]
    right = float((said == truth).mean())
    assert plain["low"] > right + 0.05
    assert mended["low"] < right < mended["high"]


def test_the_interval_covers_the_accuracy_about_as_often_as_it_says():
    table = compute.reliability(*_right(*judged(2000, 99)))
    hits = 0
    for seed in range(60):
        said, sure, truth = judged(400, 1000 + seed)
        found = compute.expected(compute.tally(said, sure, 2), learned(table), seed=seed)["accuracy"]
        hits += found["low"] <= float((said == truth).mean()) <= found["high"]
    assert hits >= 52


def _right(said, sure, truth):
    return said == truth, sure


def test_tallies_of_hours_add_up_to_the_day():
    said, sure, _truth = judged(1000, 5)
    whole = compute.tally(said, sure, 2)
    parts = sum(compute.tally(said[at::3], sure[at::3], 2) for at in range(3))
    assert parts == pytest.approx(whole)


def test_truths_chosen_with_unequal_chances_are_weighed():
    table = np.array([[90.0, 10.0], [5.0, 95.0]])
    plain = compute.seen(table, 200.0, DEFECT)["accuracy"]
    assert (plain["low"], plain["high"]) == pytest.approx(compute.wilson(185 / 200, 200))
    heavy = compute.seen(10 * table, 10 * 10 * 200.0, DEFECT)["accuracy"]
    assert heavy == pytest.approx(plain)
    fewer = compute.seen(table, 800.0, DEFECT)["accuracy"]
    assert fewer["high"] - fewer["low"] > plain["high"] - plain["low"]


@pytest.mark.parametrize("confidence", [[], [float("nan")] * 5, [float("inf"), -3.0, 2.0]])
def test_confidences_that_are_none_stay_within_bounds(confidence):
    said = np.zeros(len(confidence), dtype=np.int64)
    found = compute.expected(compute.tally(said, np.array(confidence, dtype=float), 2), learned())
    assert found is None if not confidence else 0 <= found["accuracy"]["value"] <= 1
    assert compute.seen(np.zeros((2, 2)), 0.0, DEFECT) is None


def parts(floor, n: int, *, hours_ago: int = 1, label: str = "ok", confidence: float = 0.9) -> list[str]:
    at = timezone.now().replace(minute=10) - timedelta(hours=hours_ago)
    made = [
        Prediction(
            id=f"node-1:{hours_ago}-{label}-{number}", node=floor.node, asset=floor.press,
            version=floor.version, activation="press-1/1", part_id=f"{hours_ago}-{label}-{number}",
            at=at + timedelta(seconds=number), label=label, confidence=confidence,
        )
        for number in range(n)
    ]  # fmt: skip
    Prediction.objects.bulk_create(made)
    return [one.part_id for one in made]


@pytest.mark.django_db
def test_the_error_moves_when_an_inspection_arrives_days_later(floor, client_for):
    champion_set(asset=floor.press, version=floor.version, number=1)
    by = floor.cast.one.quality_engineer
    old = parts(floor, 40, hours_ago=96)
    for part in old[:10]:
        inspection_record(by=by, part_id=part, truth="ok")
    performance()
    hour = Performance.objects.get(seconds=3600)
    assert (hour.n, hour.truths, hour.seen["accuracy"]["value"]) == (40, 10, 1.0)
    assert hour.expected["accuracy"]["value"] == pytest.approx(0.9, abs=0.01)
    assert performance() == 0
    for part in old[10:20]:
        inspection_record(by=by, part_id=part, truth="crack")
    assert performance() == 1
    hour.refresh_from_db()
    assert (hour.truths, hour.seen["accuracy"]["value"]) == (20, 0.5)
    day = Performance.objects.get(seconds=86_400)
    assert (day.n, day.seen["accuracy"]["value"]) == (40, 0.5)
    page = client_for(by).get("/models/press-quality/?measure=accuracy").content.decode()
    for words in (
        "How well, how sure", "20 parts with a truth", "40 judgements", "(inspection)", "apart",
        "assumes that the relation between readings and truth has not changed",
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.django_db
def test_answers_about_the_random_share_count_where_nothing_was_inspected(floor):
    parts(floor, 30)
    for number, one in enumerate(Prediction.objects.all()[:20]):
        chosen = number < 10
        SampledRow.objects.create(
            prediction=one, readings={}, reason="random" if chosen else "uncertain",
            inclusion_probability=0.1 if chosen else 1.0,
        )  # fmt: skip
        inspection_record(
            by=floor.cast.one.quality_engineer, part_id=one.part_id, truth="ok" if chosen else "crack",
            source="label",
        )  # fmt: skip
    performance()
    hour = Performance.objects.get(seconds=3600)
    assert (hour.source, hour.truths, hour.seen["accuracy"]["value"]) == ("label", 10, 1.0)


@pytest.mark.django_db
def test_a_model_without_classes_is_counted_and_says_nothing(floor):
    floor.model.classes = []
    floor.model.save(update_fields=["classes"])
    parts(floor, 3)
    assert performance() == 1
    assert performance() == 0
    row = Performance.objects.get(seconds=3600)
    assert (row.n, row.expected, row.seen) == (3, {}, {})


@pytest.mark.django_db
def test_a_model_that_no_machine_runs_has_no_such_section(floor, client_for):
    page = client_for(floor.cast.one.quality_engineer).get("/models/press-quality/").content.decode()
    assert "How well, how sure" not in page
