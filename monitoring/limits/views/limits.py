"""What was promised of false alarms on each line, what came of it, and what the limits of a model see."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.plant.policies import demand, guard, verdict
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.limits.forms import BudgetForm, WatchForm
from monitoring.limits.policies import watch_verdict
from monitoring.limits.selectors.budgets import (
    per_week,
    promise,
    streams,
    watch_of,
)
from monitoring.limits.selectors.limits import (
    achieved,
    limit_lines,
    limit_set,
    models_on,
)
from monitoring.limits.services import budget_set, watch_set
from monitoring.limits.views import limit_tables as tables
from monitoring.models import FalseAlarmBudget
from monitoring.readings import ReadingWords


@require_safe
@signed_in
def limits(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "alert.view")
    lines = lines_for(person=by, action="alert.view")
    budgets = {one.line_id: one for one in FalseAlarmBudget.objects.select_related("set_by")}
    rows = [
        {
            "line": line,
            "promise": promise(per_week(line)),
            "budget": budgets.get(line.pk),
            "streams": streams(line),
            "models": models_on(line),
            "may": verdict(by, "budget.set", line=line),
            **tables.kept(achieved(line)),
        }
        for line in lines
    ]
    return render(request, "monitoring/limits.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@signed_in
def budget(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "alert.view")
    line = get_object_or_404(lines_for(person=by, action="alert.view"), slug=slug)
    guard(by, "budget.set", line=line)

    def do(given: dict[str, Any]) -> HttpResponse:
        made = budget_set(by=by, line=line, **given)
        words = {"line": line, "promise": promise(made.per_week)}
        messages.success(request, _("%(line)s: %(promise)s. The limits follow within a minute.") % words)
        return redirect("limits")

    form = BudgetForm(request.POST or None, initial={"per_week": per_week(line)})
    return form_page(
        request, form, do, template="monitoring/limits_set.html", title=line.name, back="limits",
        lead=_(
            "The fewer false alarms a line bears, the larger a shift must be before anybody hears of it. All "
            "its machines, readings and statistics share the number."
        ),
    )  # fmt: skip


@require_safe
@signed_in
def model_limits(request: HttpRequest, slug: str) -> HttpResponse:
    """The limits of a model on one of its lines; ``line`` and ``reading`` in the address."""
    by = person_of(request)
    guard(by, "alert.view")
    model = get_object_or_404(RegisteredModel.objects.select_related("asset_type"), slug=slug)
    lines = limit_lines(by, model)
    if not lines:
        raise Http404
    line = next((one for one in lines if one.slug == request.GET.get("line")), lines[0])
    limits_set = limit_set(model, line)
    words = ReadingWords(model)
    watch = watch_of(model)
    context: dict[str, Any] = {
        "model": model,
        "line": line,
        "lines": tables.line_tabs(model, lines, line),
        "promise": promise(per_week(line)),
        "watch": watch,
        "cut": tables.cut_words(watch, model),
        "patience": tables.patience(watch),
        "may": watch_verdict(by, model),
        "found": limits_set,
    }
    if limits_set is not None and limits_set.body.get("readings"):
        keys = list(limits_set.body["readings"])
        reading = request.GET.get("reading", "")
        reading = reading if reading in keys else keys[0]
        context |= {
            "size": tables.shown_size(limits_set.body),
            "rows": (made := tables.rows(limits_set.body, words)),
            "without": tables.without_limit(made),
            "reading": words.name(reading),
            "picture": tables.picture(limits_set.body, reading, words),
            "readings": tables.reading_tabs(model, line, keys, reading, words),
            "sentence": tables.sentence(limits_set.body),
            "surety": tables.surety(limits_set.body),
            "promise_told": tables.promise_told(limits_set.body, words),
        }
    return render(request, "monitoring/model_limits.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "alert.view")
    model = get_object_or_404(RegisteredModel, slug=slug)
    demand(watch_verdict(by, model))

    def do(given: dict[str, Any]) -> HttpResponse:
        watch_set(by=by, model=model, **form.body())
        messages.success(request, _("Set. It holds for the windows that come from now on."))
        return redirect("model_limits", model.slug)

    form = WatchForm(request.POST or None, initial=WatchForm.shown(watch_of(model)))
    return form_page(
        request, form, do, template="monitoring/limits_set.html", title=model.name, back="limits",
        lead=_("Where its windows are cut, how patient its alerts are, how long its windows are kept."),
    )  # fmt: skip
