"""Chamberlain et al.: row CHA-1."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.registry.services import champion_set
from monitoring.intake.services.telemetry import batch_receive
from monitoring.intake.tasks import merge
from monitoring.measures.services.measures import measure_add
from monitoring.measures.services.values import values_record
from monitoring.measures.tasks.measures import judge
from monitoring.models import Alert, StatisticPoint
from tests.monitoring.conftest import floor  # noqa: F401 - a fixture
from tests.monitoring.ground import judge_windows
from tests.monitoring.test_measures import flow, minutes

pytestmark = pytest.mark.django_db


def test_cha_1_a_step_in_an_air_series_raises_a_process_change_and_the_model_stays_unchanged(
    floor,  # noqa: F811 - the fixture
    client_for,
):
    expert = floor.cast.one.domain_expert
    champion_set(asset=floor.press, version=floor.version, number=1)
    floor.start = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=30)
    batch_receive(node=floor.node, body=floor.body(windows=[floor.window(minute) for minute in range(20)]))
    merge()
    judge_windows()
    air = measure_add(
        by=expert, line=floor.cast.line_1, asset=floor.press, name="Air flow", unit="l/min", kind="process",
        reference_size=100,
    )  # fmt: skip
    for values in (minutes(flow(100), ago=300), minutes(flow(30, 6.0), ago=30)):
        values_record(by=floor.cast.one.operator, measure=air, values=values)
        judge(air)

    assert StatisticPoint.objects.filter(asset=floor.press).exists()
    alert = Alert.objects.get()  # no alert of any measure of the model
    assert (alert.kind, alert.measure, alert.version) == ("process_drift", air, None)
    page = client_for(expert).get(f"/alerts/{alert.pk}/").content.decode()
    for words in (
        "Process change suspected: Air flow on Press 1 is", "l/min higher than before",
        "Every measure of the model is unchanged", "Proposed: the process changed",
        "Go to Press 1 and look", "Leave the model as it is", "record it as a change",
    ):  # fmt: skip
        assert words in page, words
    told = client_for(floor.cast.one.domain_expert).get("/notifications/").content.decode()
    assert "Air flow on Press 1 left its reference" in told
