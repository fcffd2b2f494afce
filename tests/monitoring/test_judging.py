"""From windows to one alert: two keys, persistence, one alert per happening, hysteresis, late truth."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.services.tokens import token_create
from mlops_portal.foundation.shell.models import Notification
from mlops_portal.foundation.wire.errors import PortalError
from monitoring.alerts.services import alert_resolve
from monitoring.drift.tasks.judge import judge
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Alert, StatisticPoint, Window
from monitoring.performance.services.inspections import inspection_record
from tests.monitoring.ground import MINUTE

pytestmark = pytest.mark.django_db(transaction=True)


def send(floor, *windows, **parts):
    batch_receive(node=floor.node, body=floor.body(windows=list(windows), **parts))


def test_windows_as_learned_raise_nothing(floor):
    send(floor, *(floor.window(minute) for minute in range(20)))
    assert not Alert.objects.exists()
    assert not Window.objects.filter(judged_at=None).exists()
    points = StatisticPoint.objects.filter(feature="pressure")
    assert set(points.values_list("statistic", flat=True)) == {"psi", "ks", "mean", "missing"}
    assert StatisticPoint.objects.filter(feature__startswith=":").exists()


def test_a_shift_in_two_windows_opens_one_alert_and_tells_the_experts_of_the_line(floor):
    send(floor, *(floor.window(minute) for minute in range(5)))
    send(floor, floor.window(5, shift=9))
    assert not Alert.objects.exists()
    send(floor, floor.window(6, shift=9))
    alert = Alert.objects.get()
    assert (alert.asset, alert.kind, alert.state, alert.feature) == (
        floor.press, "data_drift", "open", "pressure",
    )  # fmt: skip
    assert alert.since == floor.start + 5 * MINUTE
    assert alert.features["pressure"]["shift"] > 4
    told = set(Notification.objects.filter(kind="alert.opened").values_list("person__username", flat=True))
    assert told == {"domain_expert-one", "domain_expert-whole"}
    assert Event.objects.filter(type="monitoring.alert.opened").count() == 1


def test_one_window_alone_opens_nothing(floor):
    send(floor, *(floor.window(minute, shift=9 if minute == 4 else 0) for minute in range(9)))
    assert not Alert.objects.exists()


def test_a_shift_below_the_tolerance_raises_nothing_however_sure(floor):
    floor.model.features.filter(key="pressure").update(tolerance=50)
    send(floor, *(floor.window(minute, shift=9 if minute > 3 else 0) for minute in range(9)))
    assert StatisticPoint.objects.filter(feature="pressure", statistic="mean", shift__gt=5).exists()
    assert not Alert.objects.filter(features__has_key="pressure").exists()


def test_what_moves_later_joins_the_open_alert(floor):
    send(floor, *(floor.window(minute, shift=9 if minute > 2 else 0) for minute in range(6)))
    for minute in (6, 7, 8):
        window = floor.window(minute, shift=9)
        thick = 1.0 * window["n"]
        window["moments"]["thickness"] = [120.0, 120 * 2 + thick * 0.2, 600.0, 600.0, 119.0]
        counts = [0] * len(window["counts"]["thickness"])
        counts[-2] = 120
        window["counts"]["thickness"] = counts
        send(floor, window)
    alert = Alert.objects.get()
    assert set(alert.features) >= {"pressure", "thickness"}
    assert Event.objects.filter(type="monitoring.alert.joined").exists()


def test_an_open_alert_that_gets_worse_says_so_once_for_each_doubling(floor):
    send(floor, *(floor.window(minute, shift=6 if minute > 2 else 0) for minute in range(6)))
    alert = Alert.objects.get()
    before = alert.features["pressure"]["told"]
    send(floor, *(floor.window(minute, shift=40) for minute in range(6, 9)))
    alert.refresh_from_db()
    worse = Event.objects.filter(type="monitoring.alert.worse")
    assert worse.count() == 1
    assert "got worse" in sentence(worse.get())
    assert alert.features["pressure"]["told"] >= 2 * before
    assert Notification.objects.filter(kind="alert.worse").exists()
    assert Alert.objects.count() == 1


def test_an_alert_that_stays_as_it_is_says_nothing_more(floor):
    send(floor, *(floor.window(minute, shift=9 if minute > 2 else 0) for minute in range(20)))
    assert not Event.objects.filter(type__in=["monitoring.alert.worse", "monitoring.alert.leads"]).exists()


def test_a_resolved_drift_stays_quiet_until_it_came_back(floor):
    expert = floor.cast.one.domain_expert
    floor.start = timezone.now() - timedelta(minutes=30)
    send(floor, *(floor.window(minute, shift=9 if minute > 2 else 0) for minute in range(6)))
    alert_resolve(by=expert, alert=Alert.objects.get(), cause="expected", comment="new oil")
    send(floor, *(floor.window(minute, shift=9) for minute in range(6, 9)))
    assert Alert.objects.count() == 1
    send(floor, *(floor.window(minute) for minute in range(40, 60)))
    send(floor, *(floor.window(minute, shift=9) for minute in range(60, 63)))
    assert Alert.objects.count() == 2


def test_backlog_that_comes_at_once_opens_the_alert_it_would_have_opened_then(floor):
    windows = [floor.window(minute, shift=9 if 4 <= minute <= 7 else 0) for minute in range(12)]
    send(floor, *windows)
    assert Alert.objects.get().since == floor.start + 4 * MINUTE


def test_lots_and_shifts_of_one_span_are_judged_together(floor):
    send(floor, floor.window(0, n=60, lot="7731"), floor.window(0, n=60, lot="7732"))
    assert StatisticPoint.objects.get(feature="pressure", statistic="psi").n == 120


def test_judging_again_changes_nothing(floor):
    send(floor, *(floor.window(minute, shift=9) for minute in range(4)))
    before = (StatisticPoint.objects.count(), Alert.objects.count(), Event.objects.count())
    Window.objects.update(judged_at=None)
    judge()
    assert (StatisticPoint.objects.count(), Alert.objects.count(), Event.objects.count()) == before


def test_truth_that_comes_late_joins_its_predictions_and_shows_a_failing_model(floor):
    inspector = floor.cast.one.operator
    predictions = [floor.prediction(n, minute=n) for n in range(60)]
    send(floor, predictions=predictions)
    for number in range(60):
        truth = "crack" if number % 2 else "ok"
        inspection_record(by=inspector, part_id=f"1-{number}", truth=truth)
    judge()
    point = StatisticPoint.objects.get(feature=":error")
    assert (point.n, point.value) == (60, 0.5)
    assert point.limit < 0.5


def test_an_inspection_of_an_unknown_part_or_class_is_refused_and_repeats_change_nothing(floor):
    inspector = floor.cast.one.operator
    send(floor, predictions=[floor.prediction(1)])
    with pytest.raises(PortalError, match="1-99"):
        inspection_record(by=inspector, part_id="1-99", truth="ok")
    with pytest.raises(PortalError, match="no class"):
        inspection_record(by=inspector, part_id="1-1", truth="rust")
    with pytest.raises(PortalError, match="No node has told of the part “1-1”"):
        inspection_record(by=floor.cast.two.operator, part_id="1-1", truth="ok")
    for _ in range(2):
        inspection_record(by=inspector, part_id="1-1", truth="crack")
    assert Event.objects.filter(type="monitoring.inspection.recorded").count() == 1


def test_what_a_station_reports_with_a_token_stands_in_the_log_under_the_station_s_name(floor, client):
    """The person whose token it is did nothing; they are named as whose token it is, and no more."""
    owner = floor.cast.one.domain_expert
    send(floor, predictions=[floor.prediction(1)])
    token, secret = token_create(
        by=owner, name="Inspection station", scopes=["inspection.record"],
        expires_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    answer = client.post(
        "/api/v1/inspections/", {"part": "1-1", "truth": "crack"}, content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert answer.status_code == 201
    event = Event.objects.get(type="monitoring.inspection.recorded")
    assert (event.actor_kind, event.actor_id) == ("token", str(token.pk))
    assert sentence(event).startswith("Inspection station")
    assert owner.name not in sentence(event)
    assert event.subjects.filter(kind="person", key=str(owner.pk), relation="token_of").exists()


def test_what_a_person_records_by_hand_stands_under_their_own_name(floor):
    by = floor.cast.one.operator
    send(floor, predictions=[floor.prediction(1)])
    inspection_record(by=by, part_id="1-1", truth="crack")
    event = Event.objects.get(type="monitoring.inspection.recorded")
    assert (event.actor_kind, event.actor_id) == ("person", str(by.pk))
