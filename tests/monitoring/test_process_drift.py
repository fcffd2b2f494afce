"""RAF-3: process drift beside data drift and model drift: three happenings, three kinds of alerts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring.alerts.services import alert_resolve
from monitoring.intake.services.telemetry import batch_receive
from monitoring.intake.tasks import merge
from monitoring.measures.services.measures import measure_add
from monitoring.measures.services.values import values_record
from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, Prediction
from tests.monitoring.ground import judge_windows, tell
from tests.monitoring.test_measures import flow, minutes

pytestmark = pytest.mark.django_db


def begin(floor, *, shift: float = 0.0) -> None:
    floor.start = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=60)
    windows = [floor.window(minute, shift=shift if minute >= 20 else 0.0) for minute in range(30)]
    batch_receive(node=floor.node, body=floor.body(windows=windows))
    merge()
    judge_windows()


def air_of(floor, shift: float):
    air = measure_add(
        by=floor.cast.one.domain_expert, line=floor.cast.line_1, asset=floor.press, name="Air flow",
        unit="l/min", kind="process", reference_size=100,
    )  # fmt: skip
    for values in (minutes(flow(100), ago=300), minutes(flow(30, shift), ago=60)):
        values_record(by=floor.cast.one.operator, measure=air, values=values)
        judge(air)
    return air


def test_a_step_of_the_air_alone_is_process_drift(floor):
    begin(floor)
    air_of(floor, 6.0)
    assert [(one.kind, one.version) for one in Alert.objects.all()] == [("process_drift", None)]


def test_a_shift_of_a_reading_alone_is_data_drift(floor):
    begin(floor, shift=6.0)
    air_of(floor, 0.0)
    assert list(Alert.objects.values_list("kind", "measure")) == [("data_drift", None)]


def test_errors_alone_are_model_drift(floor):
    begin(floor)
    air_of(floor, 0.0)
    for half in (0, 1):
        at = timezone.now() - timedelta(minutes=30 - 10 * half)
        Prediction.objects.bulk_create(
            Prediction(
                id=f"node-1:{half}-{number}", node=floor.node, asset=floor.press, version=floor.version,
                activation="press-1/1", part_id=f"{half}-{number}", at=at + timedelta(seconds=number),
                label="ok", confidence=0.9, truth="crack", truth_source="inspection",
            )
            for number in range(40)
        )  # fmt: skip
        tell(Prediction.objects.filter(inspections=None))
        judge_windows()
    assert list(Alert.objects.values_list("kind", "measure")) == [("model_drift", None)]


def test_all_three_at_once_are_kept_apart(floor, client_for):
    begin(floor, shift=6.0)
    air = air_of(floor, 6.0)
    assert set(Alert.objects.values_list("kind", flat=True)) == {"data_drift", "process_drift"}
    alert = Alert.objects.get(measure=air)
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "The model moved as well" in page
    assert "Look at the model" in page
    for words in ("reference", "EWMA chart", "at most 1 false alarm in 20 weeks", "<svg"):
        assert words in page, words


def test_a_resolved_process_alert_does_not_hide_a_data_alert_of_the_same_machine(floor):
    air_of(floor, 6.0)
    alert_resolve(by=floor.cast.one.domain_expert, alert=Alert.objects.get(), cause="process_change")
    begin(floor, shift=6.0)
    assert list(Alert.objects.values_list("kind", "state").order_by("kind")) == [
        ("data_drift", "open"),
        ("process_drift", "resolved"),
    ]
