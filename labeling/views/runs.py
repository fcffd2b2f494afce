"""Retrain runs: the list, one run with its steps, proposing, starting, cancelling, trying a step again."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.forms.runs import RunForm
from labeling.models import RetrainRun
from labeling.models.parameters import PARAMETERS
from labeling.selectors.recipes import choice_rows, choice_sentence, curve_sentence
from labeling.selectors.runs import (
    TRIGGERS,
    alert_to_answer,
    first_of,
    golden_check_of,
    is_between_workers,
    job_waiting,
    run_verdict,
    runs_all,
    step_sentence,
    tracking_is_behind,
)
from labeling.services.runs import run_cancel, run_propose, run_start, step_retry
from labeling.transitions import RunState, RunStepName, StepState, Trigger
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table
from mlops_portal.foundation.shell.work.ahead import ahead_of
from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotFound
from monitoring.models.alert import AlertKind

RUN_TONES = {
    RunState.PROPOSED: "info",
    RunState.STARTED: "change",
    RunState.CANDIDATE: "good",
    RunState.FAILED: "bad",
    RunState.CANCELLED: "quiet",
}
STEP_TONES = {
    StepState.WAITING: "quiet",
    StepState.RUNNING: "change",
    StepState.DONE: "good",
    StepState.FAILED: "bad",
}


@require_safe
@signed_in
def runs(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "run.view")
    table = Table(
        request,
        runs_all(),
        columns=[
            Column("model", _("Model"), sort="model__name", link=lambda run: reverse("run", args=[run.pk])),
            Column("state", _("State"), sort="state", value=lambda run: run.get_state_display()),
            Column("trigger", _("Because of"), sort="trigger", value=lambda run: run.get_trigger_display()),
            Column("reason", _("Why"), value=lambda run: run.reason or "–"),
            Column(
                "candidate",
                _("Version"),
                value=lambda run: run.candidate.number if run.candidate else "–",
                link=lambda run: (
                    reverse("candidate", args=[run.candidate.model.slug, run.candidate.number])
                    if run.candidate
                    else ""
                ),
            ),
            Column("created_at", _("Proposed"), sort="created_at"),
        ],
        filters=[Choice("state", _("State"), RunState.choices)],
        search=["model__name", "reason"],
        default_sort="-created_at",
        label=_("Retrain runs"),
        empty=_("No retrain runs yet"),
        empty_text=_("A run appears here as soon as somebody, or an alert, proposes to retrain a model."),
        filename="runs",
    )
    context = {"table": table, "may_start": by.may("run.start")}
    return cast(HttpResponse, table.respond("labeling/runs.html", context))  # or a CSV that streams


@require_safe
@signed_in
def run(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "run.view")
    shown = get_object_or_404(runs_all(), pk=pk)
    now, partial = timezone.now(), request.headers.get("HX-Target") == "run"
    waiting = job_waiting(shown)
    template = "labeling/run.html#progress" if partial else "labeling/run.html"
    context = {
        "run": shown,
        "tone": RUN_TONES[RunState(shown.state)],
        "steps": _steps(shown, may=bool(run_verdict(by, shown.model))),
        "done": sum(step.state == StepState.DONE for step in shown.steps.all()),
        "behind": tracking_is_behind(shown),
        "between_workers": is_between_workers(shown, now=now),
        "waits": waiting is not None,
        "ahead": ahead_of(waiting, now=now),
        "parameters": [(one.title, shown.parameters.get(key)) for key, one in PARAMETERS.items()],
        "offers": offers_for(by, shown),
        "choice": _choice(shown),
        "next_steps": offers_for(by, shown.candidate) if shown.candidate else [],
    }
    return render(request, template, context)


def _choice(run: RetrainRun) -> dict[str, Any] | None:
    """What was chosen among the ways to train; None before that, and where there was nothing to choose by."""
    step = next((one for one in run.steps.all() if one.name == RunStepName.CHOOSE), None)
    if step is None or step.state != StepState.DONE or step.result.get("why") != "chosen":
        return None
    return {
        "sentence": choice_sentence(step.result),
        "rows": choice_rows(step.result),
        "more": curve_sentence(step.result),
    }


def _steps(run: RetrainRun, *, may: bool) -> list[dict[str, Any]]:
    check = golden_check_of(run)
    over = run.state == RunState.CANCELLED
    return [
        {
            "name": step.name,
            "label": str(step),
            "tone": STEP_TONES[StepState(step.state)],
            "state": StepState(step.state).label,
            "seconds": step.seconds,
            "running": step.state == StepState.RUNNING,
            "text": step_sentence(step, check),
            "retry": may and not over and step.state == StepState.FAILED,
        }
        for step in run.steps.all()
    ]


@require_http_methods(["GET", "POST"])
@signed_in
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a run, and start it at once where that was asked."""
    by = person_of(request)
    guard(by, "run.start")
    alert = alert_to_answer(by, request.GET.get("alert", ""))
    first = {"model": request.GET.get("model")} if alert is None else first_of(alert)
    form = RunForm(request.POST or None, initial=first)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = run_propose(
                    by=by,
                    model=form.cleaned_data["model"],
                    trigger=Trigger.MANUAL if alert is None else TRIGGERS[AlertKind(alert.kind)],
                    reason=form.cleaned_data["reason"],
                    alert=alert,
                    parameters=form.parameters,
                )
                if "start" in request.POST:
                    run_start(by=by, run=made)
                return redirect("run", made.pk)
            except (Conflict, Invalid, NotFound) as error:
                form.add_error(None, error.sentence)
                status = error.status
    return render(request, "labeling/run_new.html", {"form": form, "alert": alert}, status=status)


@require_POST
@signed_in
def start(request: HttpRequest, pk: int) -> HttpResponse:
    run = _found(request, pk)
    run_start(by=person_of(request), run=run)
    return redirect("run", pk)


@require_POST
@signed_in
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    run = _found(request, pk)
    run_cancel(by=person_of(request), run=run)
    messages.success(request, _("The run was cancelled."))
    return redirect("run", pk)


@require_POST
@signed_in
def retry(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    run = _found(request, pk)
    if name not in RunStepName.values:
        raise NotFound(_("A run has no such step."))
    step_retry(by=person_of(request), run=run, name=RunStepName(name))
    return redirect("run", pk)


def _found(request: HttpRequest, pk: int) -> RetrainRun:
    guard(person_of(request), "run.view")
    return get_object_or_404(runs_all(), pk=pk)
