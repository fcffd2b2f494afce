"""One alert: what is wrong, where from, data or model, what next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring import catalogue
from monitoring.alerts import charts
from monitoring.alerts.actions import IN_DIALOG
from monitoring.alerts.forms import ResolveForm, SnoozeForm
from monitoring.alerts.panels import leaning_of, panels_of
from monitoring.alerts.selectors.alerts import (
    alerts_for,
    headline,
    parts_since,
    similar,
)
from monitoring.alerts.selectors.back import back_inside, back_words
from monitoring.alerts.selectors.checks import (
    change_check,
    model_check,
    near_changes,
    proposal,
    runtime_check,
    sensor_check,
    weighed,
)
from monitoring.alerts.selectors.opinions import opinion
from monitoring.alerts.selectors.story import story
from monitoring.alerts.selectors.two_sample_words import two_sample_check
from monitoring.alerts.services import (
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
    alert_snooze,
    alert_take,
)
from monitoring.alerts.views import measure, two_sample
from monitoring.alerts.views import where as drawn
from monitoring.drift.selectors.drift import (
    BEFORE,
    changes_of,
    first_lots,
    now_of,
    points_of,
    windows_in_alarm,
    windows_since,
)
from monitoring.drift.selectors.segments import where_sentence
from monitoring.limits.selectors.budgets import per_week
from monitoring.models import Alert
from monitoring.readings import ReadingWords
from monitoring.transitions import AlertState

SEEN = 4


@require_safe
@signed_in
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "alert.view")
    shown = get_object_or_404(alerts_for(person=by), pk=pk)
    part = "#alert" if request.headers.get("HX-Target") == "alert" else ""
    return render(request, f"{_template(shown)}{part}", _context(request, by, shown))


def _template(alert: Alert) -> str:
    return "monitoring/alert_measure.html" if alert.measure else "monitoring/alert.html"


def _context(request: HttpRequest, by: Person, alert: Alert) -> dict[str, Any]:
    if alert.measure is not None:
        return measure.context_of(request, by, alert, alert.measure)
    words = ReadingWords(alert.judged_by.model)
    reading = request.GET.get("reading", "")
    reading = reading if reading in alert.features else alert.feature
    statistic = request.GET.get("statistic", "")
    stored = alert.features.get(reading, {}).get("statistic", "psi")
    if statistic not in catalogue.STATISTICS or (reading.startswith(":") and statistic != stored):
        statistic = stored
    changes = changes_of(alert)
    windows = windows_since(alert)
    now = now_of(alert, reading, windows)
    lots = first_lots(alert.machine.pk, alert.since - BEFORE)
    checks = [
        runtime_check(alert),
        sensor_check(
            alert, now if reading == alert.feature else now_of(alert, alert.feature, windows), words
        ),
        change_check(alert, changes, lots),
        two_sample_check(alert, words),
        model_check(alert),
    ]
    past = similar(alert)
    said = opinion(alert, near_changes(alert, changes), past)
    points = points_of(alert, reading, statistic)
    offers = offers_for(by, alert)
    budget = per_week(alert.line)
    contrast = alert.where.get(reading)
    learned = alert.judged_by.reference.get("features", {}).get(reading, {})
    out, judged = windows_in_alarm(alert)
    return {
        "alert": alert,
        "headline": headline(alert),
        "in_alarm": _("In alarm in %(out)s of %(windows)s windows since it began.")
        % {"out": number_text(out), "windows": number_text(judged)}
        if judged
        else "",
        "back": back_words(back_inside(alert)),
        "where": where_sentence(contrast),
        "parts": parts_since(alert, alert.resolved_at),
        "chart": charts.over_time(alert, points, reading, statistic, changes, words, budget),
        "limit_text": charts.limit_text(points, reading, words, budget),
        "readings": charts.reading_tabs(alert, reading, statistic, words),
        "statistics": charts.statistic_tabs(alert, reading, statistic, words),
        "several": bool(contrast) and contrast["segments_all"] > 1,
        "worked_out": bool(contrast),
        "groups": drawn.where_from(contrast),
        "course": drawn.course(contrast, reading, words, learned.get("mean")),
        "leaning": drawn.leaning(alert, leaning_of(alert.judged_by), words),
        "pair": drawn.distributions(alert, reading, now, words),
        "outside": "" if reading.startswith(":") or words.categories(reading) else drawn.outside_text(now),
        "reading": words.name(reading),
        "together": two_sample.card(alert, words),
        "checks": [{"tone": c.tone, "title": c.title, "text": c.text, "href": c.href} for c in checks],
        "proposal": proposal(alert, checks, past)
        if said is None
        else weighed(alert, said, checks, past, words),
        "story": story(alert, changes, lots),
        "plain_offers": [one for one in offers if one.verb not in IN_DIALOG or not one.allowed],
        "dialog_offers": [one for one in offers if one.verb in IN_DIALOG and one.allowed],
        "resolve_form": ResolveForm(),
        "snooze_form": SnoozeForm(),
        "past": past[:SEEN],
        "past_count": len(past),
        "panels": panels_of(request, alert),
        "resolved": alert.state == AlertState.RESOLVED,
    }


@require_POST
@signed_in
def move(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "alert.view")
    moved = get_object_or_404(alerts_for(person=by), pk=pk)
    if verb == "take":
        alert_take(by=by, alert=moved)
        messages.success(request, _("It is yours now."))
    elif verb == "acknowledge":
        alert_acknowledge(by=by, alert=moved)
        messages.success(request, _("Acknowledged: the others see that you have seen it."))
    elif verb == "reopen":
        alert_reopen(by=by, alert=moved)
        messages.success(request, _("It is open again."))
    elif verb == "snooze":
        snooze = SnoozeForm(request.POST)
        if not snooze.is_valid():
            return _again(request, by, moved, snooze_form=snooze)
        alert_snooze(by=by, alert=moved, until=timezone.now() + snooze.rest)
        messages.success(request, _("It rests and comes back by itself."))
    elif verb == "resolve":
        resolve = ResolveForm(request.POST)
        if not resolve.is_valid():
            return _again(request, by, moved, resolve_form=resolve)
        alert_resolve(by=by, alert=moved, **resolve.cleaned_data)
        messages.success(request, _("Resolved. Alerts like this one will show what it was."))
    else:
        raise Http404
    return redirect("alert", moved.pk)


def _again(request: HttpRequest, by: Person, alert: Alert, **forms: Any) -> HttpResponse:
    context = _context(request, by, alert) | forms
    return render(request, _template(alert), context, status=422)
