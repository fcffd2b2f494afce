"""Asking, making, serving again and forgetting drift reports."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.jobs import job_cancel
from mlops_portal.foundation.wire.errors import NotAllowed
from monitoring.errors import NoVersion
from monitoring.models import DriftReport, Rollup, Window
from monitoring.models.report import ReportState
from monitoring.reports.rules.reports import LOST, SOON
from monitoring.reports.services import reports
from monitoring.reports.services.reports import drift_report_ask
from monitoring.reports.services.rollup import windows_roll_up
from monitoring.reports.tasks.report import make
from monitoring.reports.tasks.rollup import rollup
from tests.monitoring.reporting import PARTS, asked, hour_of, run_on, send, send_lately

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2024, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def expert(floor):
    return floor.cast.one.domain_expert


def test_a_report_says_which_reading_moved_from_what_and_how_long_it_took(floor, expert):
    send(floor, start=LONG_AGO, shift=6)
    events = Event.objects.count()
    report = asked(floor, expert, **hour_of(LONG_AGO))
    assert (report.state, report.job.state) == (ReportState.MADE, Job.State.DONE)
    assert report.job.result_url == f"/drift/{report.pk}/"
    body = report.body
    assert (body["n"], body["moved"]) == (5 * PARTS, 1)
    first, second = body["readings"]
    assert (first["reading"], second["reading"]) == ("pressure", "thickness")
    assert first["times"] > 1 > second["times"]
    assert sum(body["counts"]["pressure"]) == 5 * PARTS
    assert [(one["grain"], one["rows"]) for one in body["grains"]] == [("window", 5)]
    assert body["seconds"] > 0
    assert Event.objects.count() == events


def test_a_report_of_a_merged_day_says_that_it_is_from_hours(floor, expert):
    send(floor, start=LONG_AGO)
    windows_roll_up(asset=floor.press, version=floor.version, now=LONG_AGO + timedelta(days=20))
    assert Rollup.objects.count() == 1
    body = asked(floor, expert, since=LONG_AGO, until=LONG_AGO + timedelta(days=1)).body
    assert [one["grain"] for one in body["grains"]] == ["hour"]
    assert body["n"] == 5 * PARTS


def test_the_same_question_is_answered_from_the_store_until_a_late_window_comes(floor, expert):
    send(floor, start=LONG_AGO)
    first = asked(floor, expert, **hour_of(LONG_AGO))
    assert asked(floor, expert, **hour_of(LONG_AGO)) == first
    windows_roll_up(asset=floor.press, version=floor.version, now=LONG_AGO + timedelta(days=20))
    assert asked(floor, expert, **hour_of(LONG_AGO)) == first
    send(floor, start=LONG_AGO + timedelta(minutes=30), count=1)
    second = asked(floor, expert, **hour_of(LONG_AGO))
    assert second != first
    assert second.body["n"] == 6 * PARTS
    assert asked(floor, expert, **hour_of(LONG_AGO), again=True) != second


def test_a_report_up_to_now_is_made_again_after_five_minutes(floor, expert):
    send_lately(floor)
    first = asked(floor, expert, span="week")
    assert asked(floor, expert, span="week") == first
    DriftReport.objects.update(made_at=timezone.now() - SOON)
    assert asked(floor, expert, span="week") != first
    assert asked(floor, expert, span="day") != first


def test_who_may_not_see_alerts_of_the_line_may_not_ask(floor):
    for person in (floor.cast.two.domain_expert, floor.cast.stranger, floor.cast.one.administrator):
        with pytest.raises(NotAllowed):
            drift_report_ask(by=person, asset=floor.press, version=floor.version, span="week")
    assert not DriftReport.objects.exists()


def test_the_version_that_runs_is_meant_where_none_is_named(floor, expert):
    with pytest.raises(NoVersion):
        drift_report_ask(by=expert, asset=floor.press, span="week")
    run_on(floor)
    report, new = drift_report_ask(by=expert, asset=floor.press, span="week")
    assert (report.version, new) == (floor.version, True)


def test_times_without_a_zone_are_the_plants(floor, expert):
    floor.cast.site.time_zone = "America/New_York"
    floor.cast.site.save()
    floor.press.refresh_from_db()
    since = datetime(2024, 1, 31, 7, 0)
    report = asked(floor, expert, since=since, until=since + timedelta(hours=1))
    assert report.since == LONG_AGO


def test_a_question_that_waits_is_not_asked_twice(floor, expert):
    given = {"by": expert, "asset": floor.press, "version": floor.version, "span": "week"}
    first, new = drift_report_ask(**given)
    assert (first.state, new) == (ReportState.ASKED, True)
    assert drift_report_ask(**given, again=True) == (first, False)
    assert Job.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        DriftReport.objects.create(
            asset=floor.press, version=floor.version, question="week", since=LONG_AGO,
            until=LONG_AGO + SOON, asked_by=expert, asked_at=timezone.now(),
        )  # fmt: skip


def test_whoever_loses_the_race_gets_the_winners_report(floor, expert, monkeypatch):
    given = {"by": expert, "asset": floor.press, "version": floor.version, "span": "week"}
    winner, _new = drift_report_ask(**given)
    monkeypatch.setattr(reports, "newest", lambda *_which: None)  # looked before the winner wrote
    assert drift_report_ask(**given) == (winner, False)


def test_a_report_that_its_worker_lost_is_asked_anew(floor, expert):
    given = {"by": expert, "asset": floor.press, "version": floor.version, "span": "week"}
    first, _new = drift_report_ask(**given)
    DriftReport.objects.update(asked_at=timezone.now() - LOST)
    second, new = drift_report_ask(**given)
    assert new
    first.refresh_from_db()
    assert (first.state, second.state) == (ReportState.FAILED, ReportState.ASKED)
    assert "ask again" in first.problem


def test_a_job_that_runs_twice_changes_nothing(floor, expert):
    send(floor, start=LONG_AGO)
    report = asked(floor, expert, **hour_of(LONG_AGO))
    DriftReport.objects.filter(pk=report.pk).update(body={"n": 1})
    make(report_id=report.pk, job_id=str(report.job_id))
    Job.objects.update(state=Job.State.QUEUED)
    make(report_id=report.pk, job_id=str(report.job_id))
    report.refresh_from_db()
    assert report.body == {"n": 1}


def test_a_job_that_was_cancelled_leaves_no_report_that_waits(floor, expert):
    report, _new = drift_report_ask(by=expert, asset=floor.press, version=floor.version, span="week")
    job_cancel(by=expert, job_id=report.job_id)
    make(report_id=report.pk, job_id=str(report.job_id))
    report.refresh_from_db()
    assert (report.state, "cancelled" in report.problem) == (ReportState.FAILED, True)


def test_a_fault_is_told_in_a_sentence_and_the_question_can_be_asked_again(floor, expert):
    send(floor, start=LONG_AGO)
    Window.objects.update(packed=b"12345678")
    report, _new = drift_report_ask(by=expert, asset=floor.press, version=floor.version, **hour_of(LONG_AGO))
    with pytest.raises(ValueError, match="not of this version"):
        make(report_id=report.pk, job_id=str(report.job_id))
    report.refresh_from_db()
    assert (report.state, "try it again" in report.problem) == (ReportState.FAILED, True)
    again, new = drift_report_ask(by=expert, asset=floor.press, version=floor.version, **hour_of(LONG_AGO))
    assert (again != report, new) == (True, True)


def test_only_the_newest_reports_are_kept(floor, expert, monkeypatch):
    made = [asked(floor, expert, **hour_of(LONG_AGO + timedelta(hours=n))) for n in range(4)]
    assert reports.drift_reports_drop(keep=5) == 0
    assert reports.drift_reports_drop(keep=3) == 1
    assert set(DriftReport.objects.all()) == set(made[1:])
    monkeypatch.setattr(reports.drift_reports_drop, "__kwdefaults__", {"keep": 2})
    rollup()
    assert set(DriftReport.objects.all()) == set(made[2:])
