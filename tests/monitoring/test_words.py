"""Readings that are words: judged by how often each word comes, and a word never met is not passed over."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_portal.foundation.registry.models import Feature
from mlops_portal.foundation.wire import sketch
from mlops_portal.foundation.wire.categories import edges_of
from monitoring.drift.compute.categories import judge_categories
from monitoring.drift.compute.references import Reference
from monitoring.drift.tasks.limits import limits
from monitoring.drift.tasks.statistics import tests_of as statistics_of
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Alert, LimitSet, StatisticPoint
from monitoring.readings import ReadingWords
from monitoring.reports.tasks.report import drift_report
from monitoring.reports.views.tables import pair, rows
from tests.monitoring.ground import MINUTE, Floor

WORDS = ["steel", "brass", "zinc"]
SHARES = [0.6, 0.3, 0.1]
EDGES = np.array(edges_of(WORDS))
ALPHA = 1e-4


def tally(codes: np.ndarray) -> list[int]:
    return [int(one) for one in sketch.bin_counts(codes, EDGES)]


def learned(n: int = 3000) -> dict:
    codes = np.random.default_rng(1).choice(3, size=n, p=SHARES).astype(float)
    return {"edges": EDGES.tolist(), "counts": tally(codes), "mean": 0.5, "sd": 0.7, "phi": 0.0,
            "lag_parts": 1, "categories": 3}  # fmt: skip


def windows(count: int, n: int, shares: list[float], seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = [rng.choice(len(shares), size=n, p=shares).astype(float) for _window in range(count)]
    return np.array([tally(one) for one in codes]), np.array([sketch.moments(one) for one in codes])


def out(count: int, n: int, shares: list[float], seed: int = 2) -> dict[str, int]:
    counts, moments = windows(count, n, shares, seed)
    found = judge_categories(counts, moments, Reference.of(learned()), wanted=range(count), alpha=ALPHA)
    return {
        name: sum(one.value > one.limit for one in found if one.statistic == name)
        for name in ("psi", "unseen")
    }


def test_the_same_mix_raises_nothing():
    assert out(400, 100, SHARES) == {"psi": 0, "unseen": 0}


def test_another_mix_is_found():
    assert out(20, 200, [0.3, 0.6, 0.1])["psi"] >= 15


def test_a_word_that_was_never_met_is_found_even_where_it_is_rare():
    found = out(20, 300, [0.57, 0.28, 0.1, 0.05])
    assert found["unseen"] >= 18


def test_other_bins_are_refused():
    counts, moments = windows(2, 50, SHARES, 1)
    with pytest.raises(ValueError):
        judge_categories(counts[:, 1:], moments, Reference.of(learned()), wanted=[0], alpha=ALPHA)


def test_windows_without_a_part_have_no_statistic():
    counts, moments = np.zeros((3, 5), dtype=np.int64), np.zeros((3, 5))
    assert judge_categories(counts, moments, Reference.of(learned()), wanted=[0, 1, 2], alpha=ALPHA) == []


@pytest.fixture
def material(floor: Floor) -> Floor:
    """The floor's model reads the material as well."""
    Feature.objects.create(
        model=floor.model,
        key="material",
        words={"en": "Material", "de": "Werkstoff"},
        categories=WORDS,
        order=9,
    )
    floor.version.reference["features"]["material"] = learned()
    floor.version.save()
    return floor


def sent(floor: Floor, minutes: range, shares: list[float]) -> list[dict]:
    made = []
    for minute in minutes:
        window = floor.window(minute, n=120)
        counts, moments = windows(1, 120, shares, 100 + minute)
        window["counts"]["material"], window["moments"]["material"] = counts[0].tolist(), moments[0].tolist()
        made.append(window)
    return made


@pytest.mark.django_db(transaction=True)
def test_a_new_material_is_an_alert_in_its_own_words(material, client_for):
    whole = sent(material, range(6), SHARES) + sent(material, range(6, 12), [0.2, 0.2, 0.1, 0.5])
    batch_receive(node=material.node, body=material.body(windows=whole))
    alert = Alert.objects.get()
    assert set(alert.features) == {"material"}
    assert alert.where["material"]["shift"] is None
    page = client_for(material.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Material on Press 1" in page
    assert "higher than the model learned" not in page
    assert "brass, learned on" in page
    assert "another word, now" in page
    assert "lie above everything" not in page
    assert "Material is a word and not measured" in page
    assert "a sensor is at fault" not in page


@pytest.mark.django_db(transaction=True)
def test_words_are_judged_by_tallies_alone_and_share_the_budget(material):
    before = statistics_of(material.version)
    batch_receive(node=material.node, body=material.body(windows=sent(material, range(3), SHARES)))
    told = StatisticPoint.objects.filter(feature="material").values_list("statistic", flat=True)
    assert set(told) == {"psi", "unseen", "missing"}
    assert before == 4 + 4 + 3 + 3  # two numbers, one of words, the model's own


@pytest.mark.django_db(transaction=True)
def test_their_limits_are_shown_without_a_shift(material, client_for):
    limits()
    body = LimitSet.objects.filter(version=material.version).first().body["readings"]["material"]
    assert set(body["statistics"]) == {"psi", "unseen", "missing"}
    assert all(shift is None for shift in body["statistics"]["psi"]["shift"])
    page = client_for(material.cast.one.quality_engineer).get(f"/limits/{material.model.slug}/")
    assert "words do not shift" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_drift_report_of_words_has_tallies_and_no_means(material):
    batch_receive(node=material.node, body=material.body(windows=sent(material, range(6), [0.2, 0.7, 0.1])))
    report = drift_report(
        asset=material.press,
        version=material.version,
        since=material.start,
        until=material.start + 60 * MINUTE,
    )
    found = {one["reading"]: one for one in report["readings"]}
    assert (found["material"]["mean"], found["material"]["mean_errors"]) == (None, None)
    assert found["material"]["psi"] > found["material"]["psi_limit"]
    assert found["pressure"]["mean"] is not None
    words = ReadingWords(material.version.model)
    row = next(one for one in rows(report, words) if one["key"] == "material")
    assert row["why"] == ""
    assert {bar.label for bar in pair(report, row, material.version).bars} >= {
        "steel, learned on",
        "brass, now",
    }
