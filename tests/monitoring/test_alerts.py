"""What people do with an alert, from the page and from the API."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.alerts.services import (
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
    alert_snooze,
    alert_take,
    alerts_wake,
)
from monitoring.errors import AlertMoved, CauseMissing, NotASnooze
from monitoring.models import Alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(floor) -> Alert:
    now = timezone.now()
    stored = {"statistic": "mean", "value": 9.0, "limit": 4.8, "shift": 5.83, "first": now.isoformat()}
    return Alert.objects.create(
        asset=floor.press, version=floor.version, kind="data_drift", feature="pressure",
        features={"pressure": stored}, since=now - timedelta(minutes=40), opened_at=now,
    )  # fmt: skip


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


def types() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_an_expert_acknowledges_takes_and_resolves_with_a_cause(alert, expert):
    alert_acknowledge(by=expert, alert=alert)
    alert_take(by=expert, alert=alert)
    alert_resolve(by=expert, alert=alert, cause="process_change", comment="Lot 7731 is harder")
    alert.refresh_from_db()
    assert (alert.state, alert.owner, alert.cause) == ("resolved", expert, "process_change")
    assert types() == [f"monitoring.alert.{verb}" for verb in ("acknowledged", "taken", "resolved")]
    assert sentence(Event.objects.last()).startswith(f"{expert} resolved the alert on Press 1")


def test_what_a_person_wrote_stands_in_the_part_that_can_be_erased(alert, expert):
    alert_resolve(by=expert, alert=alert, cause="expected", comment="Anna told me")
    assert "Anna" not in Event.objects.last().public


def test_strangers_other_lines_and_operators_may_not(alert, floor):
    for person in (floor.cast.stranger, floor.cast.two.domain_expert, floor.cast.one.operator):
        with pytest.raises(NotAllowed):
            alert_take(by=person, alert=alert)
    assert types() == []


def test_who_comes_second_is_told_so(alert, expert):
    mine, theirs = Alert.objects.get(), Alert.objects.get()
    alert_resolve(by=expert, alert=mine, cause="false_alarm")
    with pytest.raises(AlertMoved):
        alert_take(by=expert, alert=theirs)


def test_a_cause_is_needed_and_a_rest_ends_within_a_week(alert, expert):
    with pytest.raises(CauseMissing):
        alert_resolve(by=expert, alert=alert, cause="")
    for away in (timedelta(days=8), timedelta(minutes=-1)):
        with pytest.raises(NotASnooze):
            alert_snooze(by=expert, alert=alert, until=timezone.now() + away)


def test_a_snoozed_alert_comes_back_by_itself(alert, expert):
    until = timezone.now() + timedelta(hours=1)
    alert_snooze(by=expert, alert=alert, until=until)
    assert alerts_wake() == 0
    assert alerts_wake(now=until) == 1
    alert.refresh_from_db()
    assert (alert.state, alert.snoozed_until) == ("open", None)


def test_an_alert_is_not_reopened_beside_another_of_its_machine(alert, expert):
    alert_resolve(by=expert, alert=alert, cause="expected")
    other = Alert.objects.create(
        asset=alert.asset, version=alert.version, kind=alert.kind, since=alert.since,
        opened_at=alert.opened_at,
    )  # fmt: skip
    with pytest.raises(AlertMoved):
        alert_reopen(by=expert, alert=alert)
    other.delete()
    alert_reopen(by=expert, alert=alert)
    alert.refresh_from_db()
    assert (alert.state, alert.cause) == ("open", "")


def test_the_board_says_in_a_sentence_what_is_wrong_where(alert, expert, client_for):
    page = client_for(expert).get("/alerts/").content.decode()
    assert "Hydraulic pressure on Press 1 is 5.8 bar higher than the model learned" in page
    assert "1 alert is open" in page


def test_the_board_filters_by_its_address_and_exports(alert, expert, client_for):
    client = client_for(expert)
    assert "Press 1 is" not in client.get("/alerts/?state=resolved").content.decode()
    assert "Press 1 is" in client.get("/alerts/?state=open&line=line-1").content.decode()
    assert b"Hydraulic pressure" in b"".join(client.get("/alerts/?csv=1").streaming_content)


def test_other_lines_see_neither_board_row_nor_page(alert, floor, client_for):
    other = client_for(floor.cast.two.domain_expert)
    assert "Press 1" not in other.get("/alerts/").content.decode()
    assert other.get(f"/alerts/{alert.pk}/").status_code == 404
    assert other.post(f"/alerts/{alert.pk}/take/").status_code == 404
    assert client_for(floor.cast.one.administrator).get("/alerts/").status_code == 403


def test_the_page_offers_one_main_thing_to_do_and_moves_the_alert(alert, expert, client_for):
    client = client_for(expert)
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert page.count("button-primary") - page.count("<dialog") == 1
    assert "Take it" in page
    assert client.post(f"/alerts/{alert.pk}/take/").status_code == 302
    again = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert str(expert) in again
    assert "Take it" not in again
    assert client.post(f"/alerts/{alert.pk}/resolve/", {}).status_code == 422
    done = client.post(f"/alerts/{alert.pk}/resolve/", {"cause": "sensor_fault", "comment": "transducer"})
    assert done.status_code == 302
    assert "transducer" in client.get(f"/alerts/{alert.pk}/").content.decode()


def test_only_the_part_is_fetched_when_the_alert_changed(alert, expert, client_for):
    part = client_for(expert).get(
        f"/alerts/{alert.pk}/", headers={"HX-Request": "true", "HX-Target": "alert"}
    )
    assert part.content.decode().strip().startswith('<div id="alert"')


def test_an_operator_sees_the_alert_and_no_buttons(alert, floor, client_for):
    page = client_for(floor.cast.one.operator).get(f"/alerts/{alert.pk}/").content.decode()
    assert "What next" not in page


def test_the_home_of_an_expert_shows_open_alerts_and_search_finds_them(alert, expert, client_for):
    client = client_for(expert)
    assert "5.8 bar higher" in client.get("/").content.decode()
    assert "5.8 bar higher" in client.get(reverse("search"), {"q": "press"}).content.decode()


def test_resolved_alerts_of_the_same_reading_are_seen_before_and_score_the_proposal(
    alert, expert, client_for
):
    past = Alert.objects.create(
        asset=alert.asset, version=alert.version, kind=alert.kind, feature="pressure", state="resolved",
        cause="sensor_fault", comment="transducer replaced", since=alert.since - timedelta(days=30),
        opened_at=alert.opened_at - timedelta(days=30), resolved_at=alert.opened_at - timedelta(days=29),
    )  # fmt: skip
    page = client_for(expert).get(f"/alerts/{alert.pk}/").content.decode()
    assert f"/alerts/{past.pk}/" in page
    assert "transducer replaced" in page
    assert "of 1 alerts that looked like this" in page


class TestApi:
    def post(self, client, address, **data):
        return client.post(f"/api/v1/{address}", data, content_type="application/json")

    def test_it_does_what_the_page_does(self, alert, expert, client_for):
        client = client_for(expert)
        assert client.get("/api/v1/alerts/").json()["results"][0]["headline"].startswith("Hydraulic pressure")
        assert self.post(client, f"alerts/{alert.pk}/acknowledge/").json()["state"] == "acknowledged"
        assert self.post(client, f"alerts/{alert.pk}/take/").json()["owner"] == str(expert.pk)
        until = (timezone.now() + timedelta(hours=2)).isoformat()
        assert self.post(client, f"alerts/{alert.pk}/snooze/", until=until).json()["state"] == "snoozed"
        assert self.post(client, f"alerts/{alert.pk}/resolve/", cause="nothing").status_code == 422
        assert (
            self.post(client, f"alerts/{alert.pk}/resolve/", cause="expected").json()["cause"] == "expected"
        )
        assert self.post(client, f"alerts/{alert.pk}/take/").status_code == 409
        assert self.post(client, f"alerts/{alert.pk}/reopen/").json()["state"] == "open"

    def test_windows_statistics_batches_and_changes_are_read_and_written(self, floor, expert, client_for):
        client = client_for(expert)
        made = self.post(client, "changes/", asset="press-1", kind="lot", value="7731")
        assert made.status_code == 201
        for name in ("windows", "statistics", "batches", "predictions", "changes"):
            assert client.get(f"/api/v1/{name}/").status_code == 200
        assert client.get("/api/v1/changes/?asset=press-1").json()["results"][0]["value"] == "7731"
        assert self.post(client, "changes/", asset="press-1", kind="weather").status_code == 422
        assert self.post(client, "inspections/", part="1-1", truth="ok").status_code == 404


def test_who_may_not_is_told_so_before_anything_else(alert, floor):
    """Neither the missing cause nor the wrong time says more than that."""
    for person in (floor.cast.stranger, floor.cast.two.domain_expert, floor.cast.one.operator):
        with pytest.raises(NotAllowed):
            alert_resolve(by=person, alert=alert, cause="")
        with pytest.raises(NotAllowed):
            alert_snooze(by=person, alert=alert, until=timezone.now() - timedelta(days=1))
    assert types() == []
