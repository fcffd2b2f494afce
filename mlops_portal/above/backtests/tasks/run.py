"""A back-test at work."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from celery import shared_task
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from structlog import get_logger

from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.services.backtests import (
    backtest_claim,
    backtest_done,
    backtest_fail,
    backtest_stop,
    backtest_stopped,
)
from mlops_portal.above.backtests.tasks.drift import drift, split, within
from mlops_portal.above.backtests.tasks.files import answers_of, on_disk
from mlops_portal.above.backtests.tasks.labeling import labeling
from mlops_portal.above.backtests.tasks.ordering import in_time_order
from mlops_portal.above.backtests.tasks.outcome import Outcome, Report
from mlops_portal.above.backtests.tasks.retrain import retrain
from mlops_portal.above.backtests.transitions import Kind
from mlops_portal.foundation.registry.compute.tables.model import Frame
from mlops_portal.foundation.registry.compute.tables.read import read
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.wire.errors import PortalError

log = get_logger(__name__)
SECONDS_BETWEEN_LOOKS = 1.0


class Stopped(jobs.JobCancelled):
    """Somebody has cancelled the back-test."""


@shared_task(name="backtests.run")
def run(backtest: int, job_id: str) -> None:
    """Do a back-test; a message that comes twice finds its job taken."""
    with jobs.running(job_id) as job:
        test = BackTest.objects.select_related("table", "reference", "created_by").filter(pk=backtest).first()
        if test is None:
            return
        if job is None:
            if Job.objects.filter(pk=job_id, state=Job.State.CANCELLED).exists():
                backtest_stop(test=test)  # while it waited
            return
        if not backtest_claim(test=test):
            return
        job.result_url = reverse("backtest", args=[test.pk])
        with override(test.created_by.language or None):
            _work(test, _reporting(test, job))


def _reporting(test: BackTest, job: jobs.Run) -> Report:
    """Progress for the page; raises where somebody has cancelled the test or its job."""
    looked = 0.0

    def report(done: int, total: int) -> None:
        nonlocal looked
        if (now := time.monotonic()) >= looked:
            looked = now + SECONDS_BETWEEN_LOOKS
            if backtest_stopped(test=test):
                raise Stopped(str(test.pk))
        job.step(done, total)

    return report


def _work(test: BackTest, report: Report) -> None:
    started = time.monotonic()
    try:
        outcome = KINDS[Kind(test.kind)](test, report)
        backtest_done(
            test=test,
            summary=outcome.summary,
            result=outcome.shown,
            whole=json.dumps(outcome.whole, allow_nan=False).encode(),
            seconds=time.monotonic() - started,
        )
    except Stopped:
        raise
    except jobs.JobCancelled:
        backtest_stop(test=test)
        raise
    except PortalError as error:
        backtest_fail(test=test, sentence=error.sentence)
        raise
    except Exception:
        backtest_fail(
            test=test,
            sentence=_("It stopped because of a fault in the portal. The fault was recorded; try it again."),
        )
        raise


def _frame(table: PastTable) -> Frame:
    with on_disk(table.path, table.name) as path:
        return read(path, name=table.name, answers=answers_of(table))


def _drift(test: BackTest, report: Report) -> Outcome:
    frame = _frame(test.table)
    if test.reference is not None:
        return drift(_frame(test.reference), frame, test.parameters, report)
    frame, moved = in_time_order(frame, _("The table"))
    reference, stream = split(frame, test.parameters["reference_share"])
    outcome = drift(reference, stream, within(test.parameters, reference.rows), report)
    outcome.whole["notes"] = outcome.shown["notes"] = [*moved, *outcome.whole["notes"]]
    outcome.whole["offset"] = outcome.shown["offset"] = reference.rows
    return outcome


def _labeling(test: BackTest, report: Report) -> Outcome:
    return labeling(_frame(test.table), test.parameters, report)


def _retrain(test: BackTest, report: Report) -> Outcome:
    return retrain(_frame(test.table), test.parameters, report)


KINDS: dict[Kind, Callable[[BackTest, Report], Outcome]] = {
    Kind.DRIFT: _drift,
    Kind.LABELING: _labeling,
    Kind.RETRAIN: _retrain,
}
