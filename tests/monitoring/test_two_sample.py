"""Fresh parts of an alert: compared with those before, told on its page and by the API."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from mlops_portal.foundation.registry.compute import datasets
from mlops_portal.foundation.registry.services import dataset_put
from monitoring.alerts.services import alert_resolve
from monitoring.catalogue import name_of
from monitoring.drift.selectors.fresh_parts import two_sample_due
from monitoring.drift.tasks.two_sample import together
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Alert, Prediction, SampledRow
from monitoring.transitions import Cause
from tests.monitoring.ground import MINUTE, Floor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alert(floor: Floor) -> Alert:
    """Pressure is 9 bar higher from minute 6 on; the windows say so until minute 12."""
    windows = [floor.window(minute, n=60, shift=9 if minute >= 6 else 0) for minute in range(12)]
    batch_receive(node=floor.node, body=floor.body(windows=windows))
    return Alert.objects.get()


def sampled(
    floor: Floor, minute: float, pressure: float, thickness: float = 2.0, reason: str = "random"
) -> None:
    number = Prediction.objects.count()
    part = Prediction.objects.create(
        id=f"node-1:t{number}", node=floor.node, asset=floor.press, version=floor.version,
        activation="press-1/1", part_id=f"t{number}", at=floor.start + minute * MINUTE, label="ok",
        confidence=0.9,
    )  # fmt: skip
    SampledRow.objects.create(
        prediction=part, readings={"pressure": pressure, "thickness": thickness}, probabilities={"ok": 0.9},
        reason=reason, inclusion_probability=0.05,
    )  # fmt: skip


def parts(floor: Floor, *, before: int, fresh: int, shift: float, reason: str = "random") -> None:
    rng = np.random.default_rng(5)
    for index in range(before):
        sampled(floor, -before + index, 146 + 2 * rng.normal(), 2 + 0.02 * rng.normal())
    for index in range(fresh):
        sampled(floor, 12 + index, 146 + shift + 2 * rng.normal(), 2 + 0.02 * rng.normal(), reason)


def compared(alert: Alert) -> dict:
    Alert.objects.filter(pk=alert.pk).update(together={})
    assert together(alert.pk)
    alert.refresh_from_db()
    return alert.together


def test_an_alert_knows_until_when_its_windows_had_been_judged(alert, floor):
    assert floor.start + 6 * MINUTE < alert.known_until <= floor.start + 12 * MINUTE
    assert alert.since == floor.start + 6 * MINUTE


def test_fresh_parts_that_differ_are_told_with_what_gives_them_away(alert, floor, client_for):
    parts(floor, before=150, fresh=80, shift=9)
    found = compared(alert)
    assert (found["against"], found["n"], found["m"]) == ("before", 80, 150)
    assert found["classifier"]["ranked"][0][0] == "pressure"
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Fresh parts differ" in page
    assert "Most telling: Hydraulic pressure" in page
    assert "What gives fresh parts away" in page
    assert all(name_of(key) in page for key in ("t2", "q"))


def test_fresh_parts_like_those_before_speak_for_a_false_alarm(alert, floor, client_for):
    parts(floor, before=300, fresh=300, shift=0)
    compared(alert)
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Fresh parts are like those before" in page
    assert "What gives fresh parts away" not in page


def test_parts_sent_because_the_model_was_unsure_are_left_out(alert, floor):
    parts(floor, before=150, fresh=80, shift=9, reason="uncertain")
    assert compared(alert) == {"n": 0, "wanted": 20, "made_at": alert.together["made_at"]}


def test_parts_that_raised_the_alert_are_no_witnesses(alert, floor):
    for index in range(100):
        sampled(floor, 6 + index * 0.01, 155)
    assert compared(alert)["n"] == 0


def test_too_few_parts_say_how_many_are_wanted(alert, floor, client_for):
    parts(floor, before=150, fresh=7, shift=9)
    compared(alert)
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "7 of 20 parts that the node sends by chance have come since it opened" in page


def test_without_parts_before_the_table_that_the_model_learned_on_stands_in(alert, floor, client_for):
    rng = np.random.default_rng(2)
    at = [floor.version.created_at - timedelta(minutes=200 - index) for index in range(200)]
    dataset_put(
        by=None, model=floor.model, rows=200, name="parts",
        data=datasets.encode(
            columns={"pressure": rng.normal(146, 2, 200), "thickness": rng.normal(2, 0.02, 200)},
            label=["ok"] * 200, part=[str(one) for one in range(200)], asset=["press-1"] * 200, at=at,
        ),
    )  # fmt: skip
    floor.model.datasets.update(added_at=floor.version.created_at)
    parts(floor, before=3, fresh=80, shift=9)
    found = compared(alert)
    assert (found["against"], found["m"]) == ("learned", 200)
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "that the model learned on" in page


def test_without_anything_to_compare_with_it_says_so(alert, floor, client_for):
    parts(floor, before=3, fresh=80, shift=9)
    assert compared(alert)["wanted_before"] == 100
    page = client_for(floor.cast.one.domain_expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert "From before there are 3 parts" in page


def test_it_is_compared_again_after_ten_minutes_and_not_once_it_is_resolved(alert, floor):
    parts(floor, before=150, fresh=80, shift=9)
    compared(alert)
    assert not together(alert.pk)
    assert two_sample_due(alert, now=alert.opened_at + timedelta(hours=1))
    alert_resolve(by=floor.cast.one.domain_expert, alert=alert, cause=Cause.PROCESS)
    alert.refresh_from_db()
    assert not two_sample_due(alert, now=alert.opened_at + timedelta(hours=1))


def test_the_api_tells_the_same(alert, floor, client_for):
    parts(floor, before=150, fresh=80, shift=9)
    found = compared(alert)
    answer = client_for(floor.cast.one.domain_expert).get(f"/api/v1/alerts/{alert.pk}/").json()
    assert answer["together"] == found
    assert "pressure" in answer["where"]
