"""A retrain run: its steps one after another, each claimed, kept and shown."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task
from django.utils.translation import gettext as _
from structlog import get_logger

from labeling.errors import WrongRunState
from labeling.models import RetrainRun, RunStep
from labeling.services.steps import run_fail, step_claim, step_done, step_fail, step_release
from labeling.tasks.training_steps import STEPS
from labeling.transitions import AFTERWARDS, RunState, RunStepName, StepState
from mlops_portal.foundation.shell.work import jobs
from mlops_portal.foundation.wire.errors import PortalError

log = get_logger(__name__)


@shared_task(name="labeling.train")
def train(run_id: int, job_id: str) -> None:
    """Do what is left of a run; a message that comes twice finds its job taken or its steps done."""
    with jobs.running(job_id) as job:
        if job is not None:
            steps_do(run_id, again=True, report=job.step, kept=job.kept)


def steps_do(
    run_id: int,
    *,
    again: bool = False,
    report: Callable[[int, int], object] = lambda done, total: None,
    kept: Callable[[], object] = lambda: None,
) -> None:
    """Every step that waits, in order; commands call it for a run that was started ``here``.

    ``again``: also the step that a lost worker left at work; ``kept`` is called after each that was done.
    A step before the candidate stands fails the run; one after it fails alone.
    """
    for done, name in enumerate(RunStepName):
        report(done, len(RunStepName))
        run = RetrainRun.objects.select_related(
            "model", "manifest", "candidate__model", "candidate__artifact", "started_by", "asked_by"
        ).get(pk=run_id)
        if run.state != (RunState.CANDIDATE if name in AFTERWARDS else RunState.STARTED):
            if name in AFTERWARDS or run.state != RunState.CANDIDATE:
                return
            continue
        if not step_claim(run=run, name=name, again=again):
            if (
                name in AFTERWARDS
                or RunStep.objects.filter(run=run, name=name, state=StepState.DONE).exists()
            ):
                continue
            return
        if not _step(run, name):
            return
        kept()
    report(len(RunStepName), len(RunStepName))


def _fault() -> str:
    return _("It stopped because of a fault in the portal. The fault was recorded; try it again.")


def _step(run: RetrainRun, name: RunStepName) -> bool:
    """Do one claimed step; whether the run goes on."""
    try:
        result = STEPS[name](run)
    except WrongRunState as error:
        step_fail(run=run, name=name, sentence=error.sentence)
        return False
    except (
        Exception
    ) as error:  # a step is where foreign code runs: whatever it raises ends the step, not the worker
        sentence = error.sentence if isinstance(error, PortalError) else _fault()
        if not isinstance(error, PortalError):
            log.exception("step_failed", run=run.pk, step=name.value)
        if name in AFTERWARDS:
            step_fail(run=run, name=name, sentence=sentence)
            return True
        run_fail(run=run, name=name, sentence=sentence)
        return False
    step_done(run=run, name=name, result=result)
    return True


@shared_task(name="labeling.track_again")
def track_again() -> None:
    """Tell MLflow of candidates that it missed while it was away; run by the scheduler."""
    behind = RunStep.objects.filter(
        name=RunStepName.TRACK, state=StepState.FAILED, run__state=RunState.CANDIDATE
    ).order_by("finished_at")
    for step in behind[:20]:
        if step_release(step=step):
            steps_do(step.run_id)
            if RunStep.objects.filter(pk=step.pk, state=StepState.FAILED).exists():
                return  # it is still away
