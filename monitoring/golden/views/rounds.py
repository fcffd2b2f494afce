"""Golden parts at the machine: which are due, this one now, what the station said, and each over time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.charts.small import Dot, DotGrid
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import Conflict, Invalid
from monitoring.golden.charts import course_chart
from monitoring.golden.forms import SaidForm
from monitoring.golden.policies import round_verdict
from monitoring.golden.selectors.rounds import (
    course_of,
    left,
    open_for,
    rounds_for,
    runnable_for,
    samples_by_code,
)
from monitoring.golden.selectors.samples import models_for
from monitoring.golden.services.rounds import round_begin, round_hear, round_say
from monitoring.models import GoldenRound, GoldenSample
from monitoring.models.golden import RoundState

LATELY = 20
TONES = {
    RoundState.DUE: "caution",
    RoundState.RUNNING: "info",
    RoundState.PASSED: "good",
    RoundState.FAILED: "bad",
    RoundState.MISSED: "bad",
    RoundState.INCOMPLETE: "caution",
}


def _row(one: GoldenRound) -> dict[str, Any]:
    late = one.state == RoundState.DUE and one.late_at < timezone.now()
    return {
        "round": one,
        "tone": "bad" if late else TONES[RoundState(one.state)],
        "word": _("late") if late else one.get_state_display(),
    }


@require_safe
@signed_in
def rounds(request: HttpRequest) -> HttpResponse:
    """What is due on my lines, what can be run at once, and how the last ones ended."""
    by = person_of(request)
    guard(by, "golden.view")
    context = {
        "due": [_row(one) for one in open_for(by)],
        "machines": runnable_for(by),
        "lately": [_row(one) for one in rounds_for(by).exclude(state__in=["due", "running"])[:LATELY]],
        "may_run": by.may("golden.run"),
    }
    return render(request, "monitoring/golden_rounds.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def begin(request: HttpRequest, asset: str, slug: str) -> HttpResponse:
    """GET says what will be asked; POST begins."""
    by = person_of(request)
    guard(by, "golden.view")
    lines = lines_for(person=by, action="golden.view")
    machine = get_object_or_404(Asset.objects.select_related("line__site"), slug=asset, line__in=lines)
    model = get_object_or_404(RegisteredModel, slug=slug, retired_at=None)
    guard(by, "golden.run", line=machine.line)
    if request.method == "POST":
        return redirect("golden_round", round_begin(by=by, asset=machine, model=model).pk)
    return render(request, "monitoring/golden_begin.html", {"asset": machine, "model": model})


@require_http_methods(["GET", "POST"])
@signed_in
def one_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that is next, or how it ended."""
    by = person_of(request)
    guard(by, "golden.view")
    shown = get_object_or_404(rounds_for(by), pk=pk)
    form, status = SaidForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                round_say(by=by, one=shown, **form.cleaned_data)
                return redirect("golden_round", shown.pk)
            except (Conflict, Invalid) as error:
                messages.error(request, error.sentence)
                status = error.status
    elif round_verdict(by, shown):
        round_hear(by=by, one=shown)
    return render(request, "monitoring/golden_round.html", _context(request, shown, form), status=status)


def _context(request: HttpRequest, shown: GoldenRound, form: SaidForm) -> dict[str, Any]:
    by, samples = person_of(request), samples_by_code(shown)
    ended = shown.state not in (RoundState.DUE, RoundState.RUNNING)
    waiting = left(shown) if shown.state == RoundState.RUNNING else []
    sample = samples.get(waiting[0]) if waiting else None
    context: dict[str, Any] = {
        **_row(shown),
        "may": round_verdict(by, shown),
        "total": len(shown.order),
        "number": len(shown.order) - len(waiting) + 1,
        "sample": sample,
        "form": form,
        "choices": [
            {
                "value": one["key"],
                "label": shown.model.class_words(one["key"]),
                "tone": "bad" if one.get("defect") else "good",
                "sign": one.get("icon") or "check",
            }
            for one in shown.model.classes
        ],
        "ended": ended,
    }
    if ended:
        answers = list(shown.answers.select_related("sample"))
        context["answers"] = [
            {
                "answer": one,
                "truth": shown.model.class_words(one.sample.truth),
                "said": shown.model.class_words(one.said) if one.said else _("not run"),
                **_judged(one.said, right=one.right, borderline=one.sample.borderline),
            }
            for one in answers
        ]
        context["grid"] = DotGrid(
            _("Golden parts one by one"),
            [Dot(one["answer"].sample.code, one["state"], one["tone"]) for one in context["answers"]],
        )
    return context


def _judged(said: str, *, right: bool, borderline: bool) -> dict[str, str]:
    state, tone = (_("right"), "good") if right else (_("missed"), "bad")
    if not said:
        state, tone = _("not run"), "caution"
    return {"state": state, "tone": "quiet" if borderline else tone}


@require_safe
@signed_in
def course(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One golden part over time."""
    by = person_of(request)
    guard(by, "golden.view")
    model = get_object_or_404(models_for(by), slug=slug)
    sample = get_object_or_404(GoldenSample.objects.select_related("judged_by"), model=model, pk=pk)
    lines = set(lines_for(person=by, action="golden.view").values_list("pk", flat=True))
    answers = [one for one in course_of(sample) if one.round.asset.line_id in lines]
    context = {
        "model": model,
        "sample": sample,
        "truth": model.class_words(sample.truth),
        "chart": course_chart(sample, answers),
        "rows": [
            {"answer": one, "said": model.class_words(one.said),
             **_judged(one.said, right=one.right, borderline=sample.borderline)}
            for one in reversed(answers)
        ],
    }  # fmt: skip
    return render(request, "monitoring/golden_course.html", context)
