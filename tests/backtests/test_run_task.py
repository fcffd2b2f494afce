"""A worker does a back-test: result, failure, cancellation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.selectors.backtests import result_open
from mlops_portal.above.backtests.services.backtests import backtest_cancel, backtests_run
from mlops_portal.above.backtests.tasks import run as task
from mlops_portal.above.backtests.transitions import Kind, State
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import jobs
from tests.backtests.shop import DRIFT, LABELING, RETRAIN, added, rows_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db

CHOICES: dict[Kind, dict[str, Any]] = {Kind.DRIFT: DRIFT, Kind.LABELING: LABELING, Kind.RETRAIN: RETRAIN}


def queued(cast: Cast, table: PastTable, kind: Kind, **choices: Any) -> BackTest:
    given = [{**CHOICES[kind], **choices}]
    return backtests_run(by=cast.one.ml_engineer, kind=kind, table=table, choices=given)[0]


def worked(test: BackTest) -> BackTest:
    task.run(backtest=test.pk, job_id=str(test.job_id))
    test.refresh_from_db()
    return test


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_ends_with_figures_pictures_and_a_file(cast: Cast, table: PastTable, kind: Kind) -> None:
    test = worked(queued(cast, table, kind))
    assert (test.state, test.error) == (State.DONE, "")
    assert test.seconds is not None
    assert test.summary
    with result_open(test) as file:
        whole = json.load(file)
    assert whole["notes"] == test.result["notes"]
    job = Job.objects.get(pk=test.job_id)
    assert (job.state, job.result_url) == (Job.State.DONE, f"/backtests/{test.pk}/")


def test_the_first_rows_are_the_reference_and_a_known_change_is_found(cast: Cast, table: PastTable) -> None:
    test = worked(queued(cast, table, Kind.DRIFT, starts=260, ignore=["number", "verdict"]))
    assert test.result["offset"] == 120
    assert test.summary["windows"] == 14
    assert test.summary["found"] is True
    assert test.summary["delay"] <= 60


def test_a_change_inside_the_reference_is_refused(cast: Cast, table: PastTable) -> None:
    test = worked(queued(cast, table, Kind.DRIFT, starts=90))
    assert test.state == State.FAILED
    assert "lies in the reference" in test.error


def test_another_table_can_be_the_reference(cast: Cast, table: PastTable) -> None:
    other = added(cast.one.ml_engineer, rows_of(300, seed=9), name="normal.csv")
    choices = [{**DRIFT, "starts": 260, "ignore": ["number", "verdict"]}]
    by = cast.one.ml_engineer
    (test,) = backtests_run(by=by, kind=Kind.DRIFT, table=table, reference=other, choices=choices)
    worked(test)
    assert test.summary["windows"] == 20
    assert test.summary["found"] is True


def test_what_cannot_be_fails_with_its_sentence(cast: Cast, table: PastTable) -> None:
    test = worked(queued(cast, table, Kind.DRIFT, window=300))
    assert test.state == State.FAILED
    assert "longer than the stream" in test.error
    assert Job.objects.get(pk=test.job_id).state == Job.State.FAILED


def test_a_fault_fails_the_back_test_without_its_innards(cast: Cast, table: PastTable, monkeypatch) -> None:
    def broken(test: BackTest, report: object) -> None:
        raise ZeroDivisionError("inner")

    monkeypatch.setitem(task.KINDS, Kind.DRIFT, broken)
    test = queued(cast, table, Kind.DRIFT)
    with pytest.raises(ZeroDivisionError):
        worked(test)
    test.refresh_from_db()
    assert test.state == State.FAILED
    assert "inner" not in test.error


def test_a_cancelled_one_stops_at_its_next_step(cast: Cast, table: PastTable, monkeypatch) -> None:
    test = queued(cast, table, Kind.LABELING)
    steps: list[int] = []

    def slow(row: BackTest, report) -> None:
        for step in range(10):
            steps.append(step)
            if step == 2:
                backtest_cancel(by=cast.two.quality_engineer, test=BackTest.objects.get(pk=row.pk))
            report(step, 10)

    monkeypatch.setattr(task, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setitem(task.KINDS, Kind.LABELING, slow)
    worked(test)
    assert steps == [0, 1, 2]
    assert test.state == State.CANCELLED
    assert Job.objects.get(pk=test.job_id).state == Job.State.CANCELLED


def test_cancelling_its_job_ends_it_too(cast: Cast, table: PastTable, monkeypatch) -> None:
    test = queued(cast, table, Kind.LABELING)

    def slow(row: BackTest, report) -> None:
        jobs.job_cancel(by=cast.one.ml_engineer, job_id=row.job_id)
        report(1, 10)

    monkeypatch.setitem(task.KINDS, Kind.LABELING, slow)
    worked(test)
    assert test.state == State.CANCELLED


def test_a_job_that_was_cancelled_while_it_waited_ends_the_back_test(cast: Cast, table: PastTable) -> None:
    test = queued(cast, table, Kind.LABELING)
    jobs.job_cancel(by=cast.one.ml_engineer, job_id=test.job_id)
    assert worked(test).state == State.CANCELLED


def test_a_message_that_comes_twice_works_once(cast: Cast, table: PastTable) -> None:
    test = worked(queued(cast, table, Kind.RETRAIN))
    path, seconds = test.result_path, test.seconds
    worked(test)
    assert (test.result_path, test.seconds) == (path, seconds)
