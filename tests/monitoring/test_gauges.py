"""Studies of measuring systems: published figures, what people enter, and that capability waits for them."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.errors import GaugeUnfit, NotAMeasure
from monitoring.gauges.compute import studies
from monitoring.gauges.rules.rows import rows_fit, rows_in
from monitoring.gauges.services.studies import gauge_study_record
from monitoring.gauges.tasks import gauge
from monitoring.measures.rules.points import Given, subgroup
from monitoring.measures.services.capability import measure_spec_set
from monitoring.measures.services.measures import measure_add
from monitoring.measures.tasks.measures import judge
from monitoring.models import GaugeStudy, Measure
from tests.monitoring.test_measures import send

# AIAG Measurement Systems Analysis, 4th ed., chapter III B: 10 parts, 3 appraisers, 3 trials
AIAG = {
    "A": ["0.29 -0.56 1.34 0.47 -0.80 0.02 0.59 -0.31 2.26 -1.36",
          "0.41 -0.68 1.17 0.50 -0.92 -0.11 0.75 -0.20 1.99 -1.25",
          "0.64 -0.58 1.27 0.64 -0.84 -0.21 0.66 -0.17 2.01 -1.31"],
    "B": ["0.08 -0.47 1.19 0.01 -0.56 -0.20 0.47 -0.63 1.80 -1.68",
          "0.25 -1.22 0.94 1.03 -1.20 0.22 0.55 0.08 2.12 -1.62",
          "0.07 -0.68 1.34 0.20 -1.28 0.06 0.83 -0.34 2.19 -1.50"],
    "C": ["0.04 -1.38 0.88 0.14 -1.46 -0.29 0.02 -0.46 1.77 -1.49",
          "-0.11 -1.13 1.09 0.20 -1.07 -0.67 0.01 -0.56 1.45 -1.77",
          "-0.15 -0.96 0.67 0.11 -1.45 -0.49 0.21 -0.49 1.87 -2.16"],
}  # fmt: skip
ROWS = [
    (str(part), person, float(value))
    for person, trials in AIAG.items()
    for trial in trials
    for part, value in enumerate(trial.split(), start=1)
]
TEXT = "part;person;value\n" + "\n".join(f"{part};{person};{value}" for part, person, value in ROWS)


def table() -> np.ndarray:
    return np.array([[trial.split() for trial in trials] for trials in AIAG.values()], float).transpose(
        2, 0, 1
    )


def test_the_analysis_of_variance_is_that_of_the_manual():
    """Tables III-B 7 and 8: sums of squares, deviations, 27.9 % GRR, ndc 4."""
    told = studies.crossed(table(), tolerance=None)
    assert [(one["of"], one["df"], round(one["ss"], 4)) for one in told["table"]] == [
        ("person", 2, 3.1673), ("part", 9, 88.3619), ("both", 18, 0.359), ("repeat", 60, 2.7589),
    ]  # fmt: skip
    sigma = {key: round(value, 6) for key, value in told["sigma"].items()}
    assert sigma["repeat"] == 0.199933
    assert sigma["person"] == 0.226838
    assert (sigma["both"], sigma["part"], sigma["grr"]) == (0.0, 1.042327, 0.302372)
    assert told["share"]["total"] == pytest.approx(0.279, abs=5e-4)
    assert (told["ndc"], told["pooled"], told["verdict"]) == (4, True, "not")


@pytest.mark.parametrize(("width", "verdict"), [(20.0, "capable"), (8.0, "barely"), (4.0, "not")])
def test_against_a_tolerance_the_verdict_follows_from_its_share(width, verdict):
    told = studies.crossed(table(), tolerance=width)
    assert told["share"]["tolerance"] == pytest.approx(6 * 0.302372 / width, abs=1e-4)
    assert told["verdict"] == verdict


def test_the_interval_of_the_share_holds_the_true_one():
    rng, held = np.random.default_rng(1), 0
    true = 6 * np.sqrt(0.2**2 + 0.15**2) / 8
    for _ in range(60):
        parts, people = rng.standard_normal((10, 1, 1)), 0.15 * rng.standard_normal((1, 6, 1))
        told = studies.crossed(parts + people + 0.2 * rng.standard_normal((10, 6, 3)), tolerance=8.0)
        low, high = told["interval"]["tolerance"]
        held += low <= true <= high
    assert held >= 53


def test_a_type_3_study_has_no_people_in_it():
    told = studies.crossed(table()[:, :1, :], tolerance=8.0)
    assert (told["sigma"]["person"], told["sigma"]["both"], told["p_interaction"]) == (0.0, 0.0, None)
    assert told["sigma"]["grr"] == told["sigma"]["repeat"] > 0


def test_a_type_1_study_tells_cg_cgk_and_bias():
    """By hand: T 0.3, s 0.0047, bias 0.001: Cg = .06 / .0282, Cgk = .029 / .0141."""
    values = np.array([6.0 + 0.001 + 0.0047 * one for one in (-1, 1) * 25])
    told = studies.type_one(values, reference=6.0, tolerance=0.3, resolution=0.001)
    assert told["sd"] == pytest.approx(0.0047, rel=0.02)
    assert told["cg"] == pytest.approx(0.06 / (6 * told["sd"]))
    assert told["cgk"] == pytest.approx((0.03 - 0.001) / (3 * told["sd"]))
    assert told["cg_interval"][0] < told["cg"] < told["cg_interval"][1]
    assert told["verdict"] == "capable"
    assert studies.type_one(values, reference=6.0, tolerance=0.3, resolution=0.02)["verdict"] == "not"


def test_where_nothing_differs_nothing_is_told():
    with pytest.raises(studies.Unfit):
        studies.crossed(np.ones((5, 2, 2)), tolerance=1.0)
    with pytest.raises(studies.Unfit):
        studies.type_one(np.ones(30), reference=1.0, tolerance=1.0, resolution=None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("a;b;1,5", "type_2"), ("a\tb\t1.5", "type_2"), ("a b 1.5", "type_2"), ("a,b,1.5", "type_2"),
     ("part person value\na b 1.5", "type_2")],
)  # fmt: skip
def test_rows_are_read_as_people_copy_them(text, kind):
    assert rows_in(text, kind) == [("a", "b", 1.5)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("a b 1\na b", "type_2", "Line 2 has 2 fields"),
        ("a b 1\na b x", "type_2", "no number"),
        ("1 2 x", "type_1", "no number"),
        ("1 2 3", "type_1", "at least 25 times"),
        ("", "type_2", "at least 5 parts"),
        ("\n".join(f"{at} A 1\n{at} A 2" for at in range(6)), "type_2", "at least 2 people"),
        ("\n".join(f"{at} {at}" for at in range(6)), "type_3", "at least twice"),
        ("\n".join(f"{at} 1\n{at} 2" for at in range(6)) + "\n7 1", "type_3", "Part 7 has 1 of 2"),
    ],
)
def test_what_cannot_be_told_says_what_is_missing(text, kind, words):
    with pytest.raises(GaugeUnfit, match=words):
        rows_fit(rows_in(text, kind), kind)


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


@pytest.fixture
def tube(floor, expert) -> Measure:
    return measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Diameter", unit="mm", kind="process",
        chart="xbar_s", reference_size=40, share=1.0, spec_low=16.0, spec_high=24.0,
    )  # fmt: skip


def groups(n: int, *, shift: float = 0.0, ago: int = 200, seed: int = 1):
    readings = 20 + shift + np.random.default_rng(seed).standard_normal((n, 5))
    first = timezone.now().replace(microsecond=0) - timedelta(minutes=ago)
    return [
        (first + timedelta(minutes=at), subgroup("xbar_s", row.tolist())) for at, row in enumerate(readings)
    ]


def studied(tube, by, rows=ROWS, **more) -> GaugeStudy:
    study = gauge_study_record(by=by, measure=tube, kind="type_2", rows=rows, equipment="Caliper 7", **more)
    gauge(study.pk)
    study.refresh_from_db()
    tube.refresh_from_db()
    return study


@pytest.mark.django_db
def test_a_study_is_recorded_on_the_page_computed_and_in_the_log(tube, expert, client_for):
    client = client_for(expert)
    address = f"/measures/{tube.pk}/gauge/"
    assert "No study yet" in client.get(address).content.decode()
    made = client.post(address, {"kind": "type_2", "equipment": "Caliper 7", "table": TEXT})
    assert made.status_code == 302
    assert "being computed" in client.get(made["Location"]).content.decode()
    assert gauge(GaugeStudy.objects.get().pk)
    assert not gauge(GaugeStudy.objects.get().pk)
    page = client.get(made["Location"]).content.decode()
    for words in (
        "capable under conditions",
        "GRR of the tolerance",
        "22.7 %",
        "It may be above 30 %",
        "Degrees of freedom",
        "0.227",
    ):
        assert words in page, words
    assert list(Event.objects.filter(type__startswith="monitoring.gauge").values_list("type", flat=True)) == [
        "monitoring.gauge.recorded", "monitoring.gauge.told",
    ]  # fmt: skip
    bad = client.post(address, {"kind": "type_2", "equipment": "Caliper 7", "table": "a b"})
    assert (bad.status_code, "Line 1 has 2 fields" in bad.content.decode()) == (422, True)


@pytest.mark.django_db
def test_a_study_comes_through_the_api_and_strangers_send_none(tube, floor, expert, client_for):
    rows = [{"part": part, "person": person, "value": value} for part, person, value in ROWS]
    body = {"measure": tube.key, "kind": "type_2", "equipment": "Caliper 7", "measurements": rows}
    sent = client_for(expert).post(
        "/api/v1/gauge-studies/", json.dumps(body), content_type="application/json"
    )
    assert (sent.status_code, sent.json()["state"]) == (201, "computing")
    with pytest.raises(NotAllowed):
        studied(tube, floor.cast.one.operator)
    stranger = client_for(floor.cast.two.domain_expert)
    assert stranger.get(f"/gauge-studies/{sent.json()['id']}/").status_code == 404
    assert stranger.get(f"/measures/{tube.pk}/gauge/").status_code == 404


@pytest.mark.django_db
def test_capability_is_told_once_the_process_is_stable_and_the_measuring_system_capable(
    tube, expert, client_for
):
    def page() -> str:
        return client_for(expert).get(f"/measures/{tube.pk}/").content.decode()

    send(tube, expert, groups(10))
    assert "still learns its reference" in page()
    send(tube, expert, groups(60))
    assert "no study over parts" in page()
    studied(tube, expert)
    judge(tube)
    assert tube.capability["within"]["two"] == pytest.approx(8 / 6, rel=0.1)
    assert "under conditions only" in page()
    assert "Ppk" in page()
    send(tube, expert, groups(10, shift=3.0, ago=30, seed=2))
    assert tube.capability == {"refused": "unstable"}
    assert "the process is not stable" in page()


@pytest.mark.django_db
def test_a_measuring_system_that_is_not_capable_keeps_capability_back(tube, expert):
    send(tube, expert, groups(60))
    studied(tube, expert, [(part, person, 3 * value) for part, person, value in ROWS])
    judge(tube)
    assert tube.capability == {"refused": "gauge"}


@pytest.mark.django_db
def test_means_of_windows_and_too_few_readings_have_no_capability(floor, expert):
    means = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Means", unit="bar", kind="process",
        source="pressure", reference_size=25, spec_high=200.0,
    )  # fmt: skip
    first = timezone.now() - timedelta(minutes=60)
    values = [Given(146 + float(one)) for one in np.random.default_rng(1).standard_normal(30)]
    send(means, expert, [(first + timedelta(minutes=at), one) for at, one in enumerate(values)])
    assert means.capability == {"refused": "means"}
    sent = measure_add(
        by=expert, line=floor.cast.line_1, name="Few", kind="process", reference_size=25, spec_high=200.0
    )
    send(sent, expert, [(first + timedelta(minutes=at), one) for at, one in enumerate(values)])
    assert sent.capability == {"refused": "few"}


@pytest.mark.django_db
def test_the_drawing_is_set_with_a_reason_and_told_in_the_log(tube, floor, expert, client_for):
    client = client_for(expert)
    sent = {"spec_low": "15", "spec_high": "25", "reason": "Drawing 4711 c"}
    assert client.post(f"/measures/{tube.pk}/spec/", sent).status_code == 302
    tube.refresh_from_db()
    assert (tube.spec_low, tube.spec_high, tube.capability) == (15, 25, {})
    event = Event.objects.get(type="monitoring.measure.spec_set")
    assert event.data["old"] == [16.0, 24.0]
    turned = client.post(f"/measures/{tube.pk}/spec/", sent | {"spec_low": "30"})
    assert (turned.status_code, "swap the two" in turned.content.decode()) == (422, True)
    with pytest.raises(NotAMeasure, match="Say why"):
        measure_spec_set(by=expert, measure=tube, spec_low=1.0, spec_high=2.0, reason=" ")
    with pytest.raises(NotAllowed):
        measure_spec_set(
            by=floor.cast.one.operator, measure=tube, spec_low=1.0, spec_high=2.0, reason="because"
        )
    again = client.post(
        f"/api/v1/measures/{tube.pk}/spec/",
        json.dumps({"spec_high": 24.5, "reason": "Drawing 4711 d"}),
        content_type="application/json",
    )
    assert (again.status_code, again.json()["spec_high"]) == (200, 24.5)
