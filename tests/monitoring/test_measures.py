"""Measures: who may add, send, end; late and double values; bad input."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.alerts.services import alert_resolve
from monitoring.errors import MeasureEnded, MeasureTaken, NotAMeasure, ValueUnfit
from monitoring.intake.services.telemetry import batch_receive
from monitoring.intake.tasks import merge
from monitoring.measures.services.measures import measure_add, measure_end
from monitoring.measures.services.normals import measure_relearn
from monitoring.measures.services.values import values_record
from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, Measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


@pytest.fixture
def air(floor, expert) -> Measure:
    return measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Air flow", unit="l/min", kind="process",
        reference_size=100,
    )  # fmt: skip


def minutes(values, *, ago: int, step: int = 1):
    """(moment, value) one minute apart, the first of them ``ago`` minutes ago."""
    first = timezone.now().replace(microsecond=0) - timedelta(minutes=ago)
    return [(first + timedelta(minutes=step * at), float(one)) for at, one in enumerate(values)]


def flow(n: int, shift: float = 0.0, seed: int = 4):
    return 120 + shift + 2 * np.random.default_rng(seed).normal(size=n)


def send(measure: Measure, by, values) -> None:
    values_record(by=by, measure=measure, values=values)
    judge(measure)


def test_an_expert_adds_a_measure_and_the_log_says_so(air, expert):
    assert (air.key, air.words, str(air)) == ("press-1-air-flow", {"en": "Air flow"}, "Air flow")
    event = Event.objects.get()
    assert event.type == "monitoring.measure.added"
    assert set(event.subjects.values_list("kind", flat=True)) == {"measure", "line", "asset"}


def test_operators_send_values_and_do_not_edit_others_do_neither(air, floor):
    now = timezone.now()
    values_record(by=floor.cast.one.operator, measure=air, values=[(now, 1.0)])
    for person in (floor.cast.stranger, floor.cast.two.operator, floor.cast.one.administrator):
        with pytest.raises(NotAllowed):
            values_record(by=person, measure=air, values=[(now, 1.0)])
    for person in (floor.cast.one.operator, floor.cast.two.domain_expert, floor.cast.one.auditor):
        with pytest.raises(NotAllowed):
            measure_end(by=person, measure=air)


def test_the_same_values_again_change_nothing_and_another_number_corrects(air, expert):
    values = minutes([1, 2, 3], ago=10)
    first = values_record(by=expert, measure=air, values=values)
    again = values_record(by=expert, measure=air, values=values)
    other = values_record(by=expert, measure=air, values=[(values[1][0], 7.0)])
    assert [(one.new, one.same, one.corrected) for one in (first, again, other)] == [
        (3, 0, 0),
        (0, 3, 0),
        (0, 0, 1),
    ]
    assert list(air.values.values_list("value", flat=True)) == [1.0, 7.0, 3.0]


def test_values_in_any_order_and_in_any_batches_give_one_chart(air, floor, expert):
    twin = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Twin", kind="process", reference_size=100
    )
    values = minutes([*flow(100), *flow(60, 1.0, seed=8)], ago=300)
    send(air, expert, values)
    order = np.random.default_rng(2).permutation(np.arange(100, 160))
    send(twin, expert, values[:100])
    for part in np.array_split(order, 7):
        send(twin, expert, [values[at] for at in part])
    columns = ("at", "value", "up", "down", "on")
    assert list(air.values.values_list(*columns)) == list(twin.values.values_list(*columns))


def test_a_step_raises_one_alert_and_later_values_join_it(air, expert):
    send(air, expert, minutes(flow(100), ago=200))
    assert not Alert.objects.exists()
    air.refresh_from_db()
    assert air.fitted["n"] == 100
    send(air, expert, minutes(flow(30, 6.0), ago=60))
    alert = Alert.objects.get()
    assert (alert.kind, alert.measure, alert.asset, alert.version) == (
        "process_drift", air, air.asset, None,
    )  # fmt: skip
    assert alert.features[air.key]["shift"] == pytest.approx(6, abs=1.2)
    assert abs(alert.since - (timezone.now() - timedelta(minutes=60))) < timedelta(minutes=8)
    send(air, expert, minutes(flow(10, 9.0), ago=20))
    assert Alert.objects.count() == 1
    assert Event.objects.filter(type="monitoring.measure.moved").count() == 1


def test_a_resolved_alert_stays_quiet_until_the_series_came_back(air, expert):
    send(air, expert, minutes(flow(100), ago=400))
    send(air, expert, minutes(flow(30, 6.0), ago=250))
    alert_resolve(by=expert, alert=Alert.objects.get(), cause="process_change")
    send(air, expert, minutes(flow(20, 6.0, seed=3), ago=200))
    assert Alert.objects.count() == 1
    send(air, expert, minutes(flow(80, 0.0, seed=6), ago=170))
    Alert.objects.update(resolved_at=timezone.now() - timedelta(minutes=90))
    send(air, expert, minutes(flow(30, 6.0, seed=7), ago=50))
    assert Alert.objects.count() == 2


def test_a_step_below_what_matters_raises_nothing(floor, expert):
    measure = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Air", kind="process",
        reference_size=100, tolerance=20.0,
    )  # fmt: skip
    send(measure, expert, minutes(flow(100), ago=200))
    send(measure, expert, minutes(flow(60, 6.0), ago=80))
    assert measure.values.filter(on=True).exists()
    assert not Alert.objects.exists()


def test_a_step_that_came_late_and_is_over_is_told_and_one_of_last_week_is_not(air, expert):
    send(air, expert, minutes(flow(100), ago=60 * 24 * 9))
    send(air, expert, minutes([*flow(40, 6.0), *flow(300)], ago=60 * 24 * 7))
    assert not Alert.objects.exists()
    send(air, expert, minutes([*flow(20), *flow(40, 6.0), *flow(100, seed=5)], ago=200))
    assert Alert.objects.get().since > timezone.now() - timedelta(hours=5)


def test_learning_anew_takes_the_new_level_for_normal(air, expert):
    send(air, expert, minutes(flow(100), ago=500))
    send(air, expert, minutes(flow(200, 6.0), ago=300))
    alert_resolve(by=expert, alert=Alert.objects.get(), cause="process_change")
    measure_relearn(
        by=expert, measure=air, since=timezone.now() - timedelta(minutes=300), reason="New filter"
    )
    judge(air)
    air.refresh_from_db()
    assert air.fitted["mean"] == pytest.approx(126, abs=1)
    assert not air.values.filter(on=True, at__gte=air.reference_to).exists()


def test_a_line_has_measures_of_its_own(floor, expert):
    scrap = measure_add(
        by=expert, line=floor.cast.line_1, name="Scrap", unit="%", kind="business", bad="up",
        reference_size=60,
    )  # fmt: skip
    send(scrap, expert, minutes(flow(60) / 60, ago=200))
    send(scrap, expert, minutes(flow(40) / 60 + 0.2, ago=100))
    alert = Alert.objects.get()
    assert (alert.kind, alert.asset, alert.line, alert.place) == (
        "business", None, floor.cast.line_1, "Line 1",
    )  # fmt: skip


def test_a_reading_of_the_model_becomes_a_series_by_itself(floor, expert):
    floor.start = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=90)
    measure = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Pressure", kind="process",
        source="pressure", reference_size=25,
    )  # fmt: skip
    batch_receive(node=floor.node, body=floor.body(windows=[floor.window(minute) for minute in range(30)]))
    merge()
    judge(measure)
    judge(measure)
    assert measure.values.count() == 30
    assert measure.values.first().value == pytest.approx(146, abs=1)


def test_an_ended_measure_takes_nothing_and_frees_its_key(air, floor, expert):
    measure_end(by=expert, measure=air)
    with pytest.raises(MeasureEnded):
        values_record(by=expert, measure=air, values=[(timezone.now(), 1.0)])
    with pytest.raises(MeasureEnded):
        measure_end(by=expert, measure=air)
    measure_add(by=expert, line=air.line, asset=air.asset, name="Air flow", kind="process")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "weather"}, {"low": 2.0, "high": 1.0}, {"share": 0.0}, {"share": math.nan},
        {"tolerance": -1.0}, {"tolerance": math.inf}, {"reference_size": 3}, {"name": "…"},
        {"source": "pressure"},
    ],
)  # fmt: skip
def test_a_measure_that_cannot_be_judged_is_refused(floor, expert, wrong):
    with pytest.raises(NotAMeasure):
        measure_add(**({"by": expert, "line": floor.cast.line_1, "name": "Air", "kind": "process"} | wrong))
    assert not Measure.objects.exists()


def test_a_machine_of_another_line_and_a_key_in_use_are_refused(air, floor):
    with pytest.raises(NotAMeasure):
        measure_add(
            by=floor.cast.whole.domain_expert, line=floor.cast.line_2, asset=floor.press, name="Air",
            kind="process",
        )  # fmt: skip
    with pytest.raises(MeasureTaken):
        measure_add(
            by=floor.cast.one.ml_engineer, line=air.line, asset=air.asset, name="Air flow", kind="process"
        )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e16])
def test_what_is_no_number_of_a_plant_is_refused_with_its_place(air, expert, value):
    now = timezone.now()
    with pytest.raises(ValueUnfit) as raised:
        values_record(by=expert, measure=air, values=[(now, 1.0), (now - timedelta(1), value)])
    assert "Value 2" in raised.value.sentence
    assert not air.values.exists()


def test_clocks_that_jump_are_refused(air, expert):
    now = timezone.now()
    for at in (now + timedelta(hours=1), now.replace(year=1970)):
        with pytest.raises(ValueUnfit, match="clock"):
            values_record(by=expert, measure=air, values=[(at, 1.0)])
    with pytest.raises(ValueUnfit, match="another number"):
        values_record(by=expert, measure=air, values=[(now, 1.0), (now, 2.0)])


def test_a_constant_reference_says_what_to_do_and_a_single_value_waits(air, expert, client_for):
    send(air, expert, minutes([5.0], ago=200))
    assert not air.fitted
    send(air, expert, minutes([5.0] * 110, ago=199))
    air.refresh_from_db()
    assert (air.problem, air.fitted) == ("constant", {})
    page = client_for(expert).get(f"/measures/{air.pk}/").content.decode()
    assert "Its reference never changes" in page
