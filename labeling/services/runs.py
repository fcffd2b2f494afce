"""Retrain runs: proposing, starting, cancelling, trying one step again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.errors import RunOpen, WrongRunState, WrongStepState
from labeling.models import RetrainRun, RunStep
from labeling.models.parameters import parameters_checked
from labeling.selectors.runs import run_verdict
from labeling.transitions import AFTERWARDS, RUN_WAYS, RunState, RunStepName, StepState, Trigger
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import demand
from mlops_portal.foundation.registry.models import Level, RegisteredModel, Step
from mlops_portal.foundation.registry.selectors import dataset_of, level_of
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.models import Alert


def _actor(by: Person | None) -> Actor:
    return by.actor if by else SYSTEM


def run_changed(run: RetrainRun) -> None:
    changed("runs", f"run:{run.pk}")


def run_propose(
    *,
    by: Person | None,
    model: RegisteredModel,
    trigger: Trigger,
    reason: str = "",
    alert: Alert | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> RetrainRun:
    """Propose to retrain ``model``; without a person the model's automation level decides.

    “By itself” starts the run at once, “only a person” refuses (WrongRunState). Raises RunOpen while another
    run of the model is open, NoDataset where there is nothing to build on, Invalid for odd parameters.
    """
    if by is not None:
        demand(run_verdict(by, model))
    level = level_of(model, Step.RETRAIN)
    if by is None and level == Level.MANUAL:
        raise WrongRunState(_("Only a person proposes to retrain %(model)s.") % {"model": model})
    checked = parameters_checked(parameters or {})
    dataset_of(model)
    now = timezone.now()
    try:
        with transaction.atomic():
            run = RetrainRun.objects.create(
                model=model,
                trigger=Trigger(trigger),
                reason=reason.strip()[:240],
                alert=alert,
                parameters=checked,
                asked_by=by,
                created_at=now,
            )
            event_record(
                type="labeling.run.proposed",
                actor=_actor(by),
                subjects=[run.ref(), model.ref("of"), *([alert.ref("because_of")] if alert else [])],
                public={
                    "name": model.name,
                    "trigger": run.trigger,
                    "reason": run.reason or str(Trigger(trigger).value),
                    "parameters": checked,
                },
                at=now,
            )
            run_changed(run)
    except IntegrityError:
        raise RunOpen(
            _("A retrain run of %(model)s is open already; start, finish or cancel it first.")
            % {"model": model}
        ) from None
    if by is None and level == Level.AUTO:
        run_start(by=None, run=run)
    return run


def run_start(*, by: Person | None, run: RetrainRun, here: bool = False) -> RetrainRun:
    """Start a proposed run; with ``here`` the caller (a command) runs the task itself.

    Raises WrongRunState where it was started or cancelled before.
    """
    if by is not None:
        demand(run_verdict(by, run.model))
    elif level_of(run.model, Step.RETRAIN) != Level.AUTO:
        raise WrongRunState(_("A person starts this run; retraining is not set to run by itself."))
    now = timezone.now()
    with transaction.atomic():
        _claim(run, RunState.PROPOSED, RunState.STARTED, started_at=now, started_by=by)
        RunStep.objects.bulk_create(
            RunStep(run=run, name=name, order=order) for order, name in enumerate(RunStepName)
        )
        event_record(
            type="labeling.run.started",
            actor=_actor(by),
            subjects=[run.ref(), run.model.ref("of")],
            public={"name": run.model.name},
            at=now,
        )
        if not here:
            _train(by, run)
        run_changed(run)
    run.refresh_from_db()
    return run


def run_cancel(*, by: Person, run: RetrainRun) -> RetrainRun:
    """End a run that is proposed or under way; a step at work finishes, and nothing follows it."""
    demand(run_verdict(by, run.model))
    now = timezone.now()
    with transaction.atomic():
        _claim(run, RunState(run.state), RunState.CANCELLED, finished_at=now)
        event_record(
            type="labeling.run.cancelled",
            actor=by.actor,
            subjects=[run.ref(), run.model.ref("of")],
            public={"name": run.model.name},
            at=now,
        )
        run_changed(run)
    run.refresh_from_db()
    return run


def step_retry(*, by: Person, run: RetrainRun, name: RunStepName) -> RetrainRun:
    """Try a failed step again, and only what has not been done after it.

    A step whose worker is lost is taken up, or fails, by itself (``shell.work.claims``).
    Raises WrongStepState, WrongRunState, RunOpen.
    """
    demand(run_verdict(by, run.model))
    now = timezone.now()
    try:
        with transaction.atomic():
            if RunState(run.state) == RunState.FAILED:
                _claim(run, RunState.FAILED, RunState.STARTED, error="", finished_at=None)
            elif RunState(run.state) != (RunState.CANDIDATE if name in AFTERWARDS else RunState.STARTED):
                raise WrongRunState(_("This run is over; its steps cannot be tried again."))
            claimed = RunStep.objects.filter(run=run, name=name, state=StepState.FAILED)
            if claimed.update(state=StepState.WAITING, output="", started_at=None, finished_at=None) != 1:
                raise WrongStepState(_("This step did not fail; there is nothing to try again."))
            event_record(
                type="labeling.step.retried",
                actor=by.actor,
                subjects=[run.ref(), run.model.ref("of")],
                public={"step": RunStepName(name).value},
                at=now,
            )
            _train(by, run)
            run_changed(run)
    except IntegrityError:
        raise RunOpen(
            _("Another retrain run of %(model)s is open; finish or cancel it first.") % {"model": run.model}
        ) from None
    run.refresh_from_db()
    return run


def _train(by: Person | None, run: RetrainRun) -> None:
    title = _("Retrain %(model)s") % {"model": run.model}
    enqueue("labeling.train", by=by, title=title, job=True, run_id=run.pk)


def _claim(run: RetrainRun, old: RunState, new: RunState, **values: Any) -> None:
    if (old, new) not in RUN_WAYS or not RetrainRun.objects.filter(pk=run.pk, state=old).update(
        state=new, **values
    ):
        raise WrongRunState(
            _("This cannot be done while the run is “%(state)s”, or somebody was first; load the page again.")
            % {"state": old.label}
        )
