"""What the model leans on since an alert began."""

from __future__ import annotations

from datetime import timedelta

import pytest

from explain.models import Explanation
from explain.selectors import reasons_for
from tests.explain.conftest import NOON
from tests.explain.plant import trained

pytestmark = pytest.mark.django_db
MORNING = NOON - timedelta(hours=2)


def test_the_alert_says_how_much_of_the_decision_the_moved_readings_carry(press, run):
    press.parts(trained().new[:30], at=MORNING)
    press.parts(trained().new[30:60])
    alert = press.alert("acoustic_emission", "vibration")
    run("explain.alert", alert_id=alert.pk)
    found = reasons_for(press.version, "alert", alert.pk)
    assert found.sentence.startswith("The readings that moved carry ")
    by_group = {one.group: one for one in found.reasons}
    assert by_group["Tool"].moved
    assert by_group["Tool"].before
    assert not by_group["Material"].moved
    assert sum(row["share"] for row in found.row.reasons) == pytest.approx(1)
    assert found.row.rows == 30


def test_only_the_random_share_since_the_alert_counts(press, run):
    press.parts(trained().new[:5], at=MORNING)
    press.parts(trained().new[5:8])
    press.parts(trained().new[8:20], reason="uncertain")
    alert = press.alert("vibration")
    run("explain.alert", alert_id=alert.pk)
    assert Explanation.objects.get().rows == 3
    assert all(one["before"] is None for one in Explanation.objects.get().reasons if "before" in one)


def test_without_parts_nothing_is_said(press, run):
    alert = press.alert("vibration")
    run("explain.alert", alert_id=alert.pk)
    assert reasons_for(press.version, "alert", alert.pk) is None


def test_it_is_worked_out_anew_once_twice_as_many_parts_are_there(press, run):
    alert = press.alert("vibration")
    press.parts(trained().new[:4])
    run("explain.alert", alert_id=alert.pk)
    press.parts(trained().new[4:7])
    run("explain.alert", alert_id=alert.pk)
    assert Explanation.objects.get().rows == 4
    press.parts(trained().new[7:9])
    run("explain.alert", alert_id=alert.pk)
    assert Explanation.objects.get().rows == 9


def test_the_scheduler_finds_open_alerts_and_not_resolved_ones(press, run):
    from monitoring.models import Alert

    press.parts(trained().new[:4])
    alert = press.alert("vibration")
    Alert.objects.update(state="resolved", cause="expected")
    run("explain.waiting")
    assert not Explanation.objects.exists()
    Alert.objects.update(state="open", cause="")
    run("explain.waiting")
    assert Explanation.objects.get().subject_id == str(alert.pk)


def test_an_alert_about_the_answers_has_no_moved_reading(press, run):
    press.parts(trained().new[:4])
    alert = press.alert("classes")
    run("explain.alert", alert_id=alert.pk)
    assert reasons_for(press.version, "alert", alert.pk).sentence == (
        "What the model leaned on in 4 parts since the alert began."
    )
