"""Control charts on measures: subgroups and counts as they are sent, rules inside the promise, bad input."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone

from labeling.models import Label, LabelRequest
from monitoring.alerts.selectors.alerts import headline
from monitoring.errors import NotAMeasure, ValueUnfit
from monitoring.intake.services.telemetry import batch_receive
from monitoring.intake.tasks import merge
from monitoring.measures.rules.points import Given, counted, subgroup
from monitoring.measures.rules.run_rules import CHOOSABLE, RULES
from monitoring.measures.selectors.sources import source_values
from monitoring.measures.services.measures import measure_add
from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, Measure, Prediction, SampledRow
from tests.monitoring.test_measures import send

pytestmark = pytest.mark.django_db
RNG = np.random.default_rng


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


def added(floor, by, chart: str, **more) -> Measure:
    given = {"name": "Diameter", "unit": "mm", "kind": "process", "reference_size": 60, "share": 1.0} | more
    return measure_add(by=by, line=floor.cast.line_1, asset=floor.press, chart=chart, **given)


def groups(n: int, chart: str, *, shift: float = 0.0, spread: float = 1.0, seed: int = 1) -> list[Given]:
    readings = 20 + shift + spread * RNG(seed).standard_normal((n, 5))
    return [subgroup(chart, row.tolist()) for row in readings]


def shares(n: int, rate: float, seed: int = 1) -> list[Given]:
    rng = RNG(seed)
    sizes = rng.integers(40, 80, n).tolist()
    return [counted("p", int(rng.binomial(size, rate)), size) for size in sizes]


def spaced(points, *, ago: int, step: int = 1):
    first = timezone.now().replace(microsecond=0) - timedelta(minutes=ago)
    return [(first + timedelta(minutes=step * at), one) for at, one in enumerate(points)]


@pytest.mark.parametrize("chart", ["xbar_r", "xbar_s"])
def test_subgroups_that_leave_their_place_raise_an_alert_and_the_page_shows_both_charts(
    floor,
    expert,
    client_for,
    chart,
):
    measure = added(floor, expert, chart)
    send(measure, expert, spaced(groups(60, chart), ago=200, step=2))
    assert not Alert.objects.exists()
    send(measure, expert, spaced(groups(8, chart, shift=3.0, seed=2), ago=20))
    alert = Alert.objects.get()
    assert alert.features[measure.key]["value"] > 1
    assert "signal" not in alert.features[measure.key]
    page = client_for(expert).get(f"/measures/{measure.pk}/").content.decode()
    for words in ("upper 3 σ line", "Centre line", "σ within subgroups", "An alert is open"):
        assert words in page, words
    assert ("range" if chart == "xbar_r" else "deviation") in page


def test_a_spread_that_grows_is_told_although_the_level_stays(floor, expert):
    measure = added(floor, expert, "xbar_s", tolerance=5.0)
    send(measure, expert, spaced(groups(60, "xbar_s"), ago=200, step=2))
    wide = [one._replace(value=20.0) for one in groups(6, "xbar_s", spread=5.0, seed=3)]
    send(measure, expert, spaced(wide, ago=20))
    alert = Alert.objects.get()
    assert alert.features[measure.key]["signal"] == "spread"
    assert headline(alert) == "The spread of Diameter on Press 1 is not as before"


def test_shares_of_samples_of_any_size_are_charted_with_lines_of_their_own(floor, expert, client_for):
    measure = added(floor, expert, "p", unit="", bad="up")
    send(measure, expert, spaced(shares(60, 0.05), ago=200, step=2))
    send(measure, expert, spaced(shares(6, 0.4, seed=2), ago=20))
    assert (measure.unit, Alert.objects.count()) == ("%", 1)
    lines = [one.carried["lines"][1] for one in measure.values.filter(on__isnull=False)]
    assert len(set(lines)) > 1
    assert "upper 3 σ line" in client_for(expert).get(f"/measures/{measure.pk}/").content.decode()


def test_rules_outside_the_promise_mark_points_and_the_page_says_what_each_costs(floor, expert, client_for):
    measure = added(floor, expert, "i_mr", rules=["eight_one_side", "fifteen_within_1"], share=0.2)
    send(measure, expert, spaced([20 + one for one in RNG(1).standard_normal(60)], ago=200, step=2))
    send(measure, expert, spaced([20.4] * 10, ago=20))
    assert {one["key"]: one["alarms"] for one in measure.fitted["rules"]} == {
        "eight_one_side": False, "fifteen_within_1": False,
    }  # fmt: skip
    last = measure.values.last()
    assert (last.carried["rules"], last.carried["alarms"], last.on) == (["eight_one_side"], [], False)
    page = client_for(expert).get(f"/measures/{measure.pk}/").content.decode()
    for words in ("one false alarm in 255 points", "Western Electric 4", "marks points"):
        assert words in page, words


def test_a_rule_inside_the_promise_raises_an_alert_that_names_it(floor, expert):
    measure = added(floor, expert, "i_mr", rules=["nine_one_side"])
    hours = spaced([20 + one for one in RNG(1).standard_normal(60)], ago=60 * 24 * 70, step=60 * 24)
    send(measure, expert, hours)  # one value a day: the line bears one false alarm in seven of them
    assert measure.fitted["rules"] == [{"key": "nine_one_side", "arl": pytest.approx(511), "alarms": True}]
    slow = spaced([20.6] * 9, ago=10)
    send(measure, expert, slow)
    alert = Alert.objects.get()
    assert alert.features[measure.key]["signal"] == "nine_one_side"
    assert headline(alert) == "Diameter on Press 1: nine values in a row on one side of the centre"


def test_the_rate_of_errors_is_a_p_chart_where_nobody_says_otherwise(floor, expert):
    for source in (":error", ":override"):
        assert added(floor, expert, "", name=source, source=source).chart == "p"
    assert added(floor, expert, "", name="flow").chart == "ewma"


def test_answers_that_overrule_the_model_are_counted_and_others_are_not(floor, expert):
    measure = added(floor, expert, "", source=":override")
    now = timezone.now()
    for at in range(30):
        part = Prediction.objects.create(
            id=f"n:{at}", node=floor.node, asset=floor.press, version=floor.version, activation="a",
            part_id=str(at), at=now, label="ok", confidence=0.5,
        )  # fmt: skip
        row = SampledRow.objects.create(prediction=part, reason="asked", inclusion_probability=1.0)
        request = LabelRequest.objects.create(
            row=row, version=floor.version, line=floor.cast.line_1, state="agreed", inclusion_probability=1.0,
            asked_at=now, expires_at=now,
        )  # fmt: skip
        answer = "crack" if at < 5 else "cant_tell" if at < 8 else "ok"
        Label.objects.create(
            id=uuid4(), request=request, person=expert, answer=answer, model_said="ok",
            at=now + timedelta(seconds=at), undone_at=now if at == 0 else None,
        )  # fmt: skip
    assert list(source_values(measure, now=now).values()) == [(pytest.approx(100 * 4 / 25), 25, None)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"chart": "ewma", "rules": ["eight_one_side"]}, "belong to charts of points"),
        ({"chart": "i_mr", "rules": ["one_beyond_3"]}, "no run rule"),
        ({"chart": "xbar_r", "source": "pressure"}, "choose X̄-S"),
        ({"chart": "np", "source": ":error"}, "Only what is counted"),
        ({"chart": "p", "source": "pressure"}, "Only what is counted"),
        ({"chart": "xbar_s", "source": ":golden"}, "single ones"),
        ({"chart": "p", "spec_high": 2.0}, "limits of a drawing"),
        ({"chart": "i_mr", "spec_low": 2.0, "spec_high": 1.0}, "swap the two"),
        ({"chart": "i_mr", "spec_low": float("nan")}, "finite numbers"),
    ],
)
def test_a_chart_that_cannot_be_is_refused(floor, expert, more, words):
    with pytest.raises(NotAMeasure, match=words):
        added(floor, expert, **more)


@pytest.mark.parametrize(
    ("chart", "sent", "words"),
    [
        ("xbar_r", {"value": 20.0}, "takes subgroups"),
        ("xbar_r", {"values": [20.0]}, "2 to 25 numbers"),
        ("xbar_r", {"values": [20.0] * 26}, "2 to 25 numbers"),
        ("i_mr", {"values": [20.0, 21.0]}, "Only X̄ charts"),
        ("p", {"value": 5.0}, "of how many"),
        ("p", {"count": 6, "size": 5}, "more of them than"),
        ("p", {"count": 6}, "of how many"),
        ("p", {"count": 1.5, "size": 5}, "whole number"),
        ("u", {"count": 1, "size": 0}, "above 0"),
        ("c", {"value": -1.0}, "0 or more"),
        ("i_mr", {"count": 1}, "Only p, np, c and u"),
        ("i_mr", {"value": 1.0, "count": 1}, "one of value, values and count"),
    ],
)
def test_what_does_not_fit_the_chart_is_told_and_nothing_is_taken(
    floor, expert, client_for, chart, sent, words
):
    measure = added(floor, expert, chart)
    body = {"measure": measure.key, "values": [{"at": timezone.now().isoformat(), **sent}]}
    answer = client_for(expert).post(
        "/api/v1/measure-values/", json.dumps(body), content_type="application/json"
    )
    assert 400 <= answer.status_code < 500
    assert words in answer.content.decode()
    assert not measure.values.exists()


def test_a_subgroup_and_a_count_come_through_the_api_and_the_page(floor, expert, client_for):
    client = client_for(expert)
    tube, faults = added(floor, expert, "xbar_s"), added(floor, expert, "u", name="Faults")
    for measure, sent in ((tube, {"values": [1.0, 2.0, 3.0]}), (faults, {"count": 3, "size": 2})):
        body = {"measure": measure.key, "values": [{"at": timezone.now().isoformat(), **sent}]}
        answer = client.post("/api/v1/measure-values/", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200
    assert client.post(f"/measures/{tube.pk}/record/", {"values": "1,0 2.0; 3"}).status_code == 302
    assert client.post(f"/measures/{faults.pk}/record/", {"count": "3", "size": "2"}).status_code == 302
    assert set(tube.values.values_list("value", "size", "spread")) == {(2.0, 3.0, 1.0)}
    assert set(faults.values.values_list("value", "size")) == {(1.5, 2.0)}
    assert "Write numbers" in client.post(f"/measures/{tube.pk}/record/", {"values": "a b"}).content.decode()
    assert client.get(f"/measures/{faults.pk}/record/").status_code != 500


def test_the_values_are_a_table_with_what_the_chart_said(floor, expert, client_for):
    measure = added(floor, expert, "p", unit="")
    send(measure, expert, spaced(shares(61, 0.05), ago=200, step=2))
    answer = client_for(expert).get(f"/measures/{measure.pk}/values.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 62
    assert "Upper 3 σ line" in lines[0]
    assert len(next(csv.reader([lines[-1]]))) == len(next(csv.reader([lines[0]]))) == 11


def test_readings_of_windows_are_subgroups_of_an_xbar_s_chart(floor, expert):
    batch_receive(node=floor.node, body=floor.body(windows=[floor.window(at) for at in range(3)]))
    merge()
    measure = added(floor, expert, "xbar_s", source="pressure")
    given = source_values(measure, now=timezone.now())
    assert [one.size for one in given.values()] == [120.0] * 3
    assert all(1 < (one.spread or 0) < 3 for one in given.values())


@pytest.mark.parametrize(
    ("chart", "points", "state"),
    [
        ("xbar_r", [subgroup("xbar_r", [20.0, 20.0])] * 61, "no limit"),
        ("xbar_r", [subgroup("xbar_r", [20.0 + at, 20.0 + at]) for at in range(61)], "no limit"),
        ("i_mr", [Given(20.0)] * 61, "no limit"),
        ("i_mr", [Given(20.0 + at % 7) for at in range(59)], "learns: 59 of 60"),
        ("np", [counted("np", 0, 50)] * 61, "as in the reference"),
    ],
)
def test_of_one_value_too_few_and_none_wrong_the_state_is_said(
    floor, expert, client_for, chart, points, state
):
    measure = added(floor, expert, chart)
    send(measure, expert, spaced(points, ago=200, step=2))
    assert state in client_for(expert).get(f"/measures/{measure.pk}/").content.decode()


def test_a_gap_of_a_week_changes_nothing_of_what_is_judged(floor, expert):
    measure = added(floor, expert, "i_mr")
    values = [Given(20 + float(one)) for one in RNG(1).standard_normal(70)]
    send(measure, expert, [(at - timedelta(days=7), one) for at, one in spaced(values[:65], ago=70)])
    send(measure, expert, spaced(values[65:], ago=5))
    assert measure.values.filter(on__isnull=False).count() == 10
    assert not Alert.objects.exists()


def test_a_corrected_size_is_judged_again(floor, expert):
    measure = added(floor, expert, "p", unit="")
    send(measure, expert, spaced(shares(60, 0.05), ago=200, step=2))
    at = timezone.now() - timedelta(minutes=5)
    send(measure, expert, [(at, Given(30.0, 10))])
    send(measure, expert, [(at, Given(30.0, 1000))])
    assert (measure.values.last().size, measure.values.last().on) == (1000, True)


def test_every_rule_has_words_and_its_number(db):
    assert all(str(one.words) and one.called for one in RULES.values())
    assert len(CHOOSABLE) == len(RULES) - 1


def test_a_subgroup_is_its_mean_its_size_and_its_spread():
    assert subgroup("xbar_r", [1.0, 4.0, 1.0]) == (2.0, 3, 3.0)
    with pytest.raises(ValueUnfit):
        subgroup("xbar_s", [1.0, float("inf")])


def test_judging_twice_changes_nothing(floor, expert):
    measure = added(floor, expert, "xbar_r")
    send(measure, expert, spaced(groups(66, "xbar_r"), ago=200, step=2))
    before = list(measure.values.values_list("up", "carried"))
    assert judge(Measure.objects.get(pk=measure.pk)) == 0
    assert list(measure.values.values_list("up", "carried")) == before
