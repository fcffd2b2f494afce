"""Drift reports: how the readings of a machine were, beside what its model learned."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.export import csv_response
from mlops_portal.foundation.shell.templatetags.ui_text import local_text
from monitoring.models import DriftReport
from monitoring.models.report import ReportState
from monitoring.promises import promise_of, promise_words
from monitoring.readings import ReadingWords
from monitoring.reports.selectors.reports import (
    coarser_around,
    last_window_end,
    newest,
    reports_for,
    standing,
    working,
)
from monitoring.reports.services.reports import drift_report_ask
from monitoring.reports.views import tables
from monitoring.reports.views.choice import Choice, choice_of, chosen


@require_safe
@signed_in
def drift(request: HttpRequest) -> HttpResponse:
    """The report of what the address asks for; the page asks for it by itself where none stands."""
    by, now = person_of(request), timezone.now()
    guard(by, "alert.view")
    choice = chosen(by, request.GET, now)
    last = made = None
    if choice.asset and choice.version and choice.question:
        which = (choice.asset, choice.version, choice.question.key)
        last = newest(*which)
        made = last if last is None or last.state == ReportState.MADE else newest(*which, made=True)
    done_for = (
        last is not None
        and last.state != ReportState.FAILED
        and not working(last, now)
        and not standing(last, now)
    )
    return _page(request, choice, made=made, last=last, due=last is None or done_for)


@require_safe
@signed_in
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as it was made, however long ago."""
    by = person_of(request)
    guard(by, "alert.view")
    report = get_object_or_404(reports_for(by), pk=pk)
    made = report if report.state == ReportState.MADE else None
    lost = report.state == ReportState.ASKED and not working(report, timezone.now())
    return _page(request, choice_of(by, report), made=made, last=report, due=lost)


@require_POST
@signed_in
def ask(request: HttpRequest) -> HttpResponse:
    """Let a worker make the report that the address asks for; ``again`` even where one stands."""
    by = person_of(request)
    guard(by, "alert.view")
    choice = chosen(by, request.GET, timezone.now())
    if choice.asset and choice.question:
        own = {} if choice.span else {"since": choice.question.since, "until": _until(choice)}
        drift_report_ask(
            by=by,
            asset=choice.asset,
            version=choice.version,
            span=choice.span,
            again="again" in request.POST,
            **own,
        )
    reading = {"reading": request.GET["reading"]} if "reading" in request.GET else {}
    return redirect(f"{reverse('drift')}?{choice.query}{'&' if reading else ''}{urlencode(reading)}")


def _until(choice: Choice) -> Any:
    return choice.form.cleaned_data["until"] if choice.form else None


@require_safe
@signed_in
def readings(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The table of a report as a file."""
    by = person_of(request)
    guard(by, "alert.view")
    report = get_object_or_404(reports_for(by).filter(state=ReportState.MADE), pk=pk)
    name = f"drift-{report.asset.slug}-{timezone.localtime(report.since):%Y-%m-%d}"
    words = ReadingWords(report.version.model)
    return csv_response(request, tables.columns(), tables.rows(report.body, words), name)


def _page(
    request: HttpRequest, choice: Choice, *, made: DriftReport | None, last: DriftReport | None, due: bool
) -> HttpResponse:
    askable = choice.asset is not None and choice.version is not None and choice.question is not None
    reading = request.GET.get("reading", "")
    context: dict[str, Any] = {
        "choice": choice,
        "tabs": choice.tabs(timezone.now()),
        "report": made,
        "waiting": last if last is not None and working(last, timezone.now()) else None,
        "failed": last if last is not None and last.state == ReportState.FAILED else None,
        "due": due and askable,
        "askable": askable,
        "ask_url": f"{reverse('drift_ask')}?{choice.query}"
        + (f"&{urlencode({'reading': reading})}" if reading else ""),
        "query": choice.query,
    }
    if made is not None:
        context |= _told(made, reading) if made.body["n"] else {"empty": _empty(made)}
    return render(request, "monitoring/drift.html", context)


def _told(report: DriftReport, reading: str) -> dict[str, Any]:
    body = report.body
    words = ReadingWords(report.version.model)
    rows = tables.rows(body, words)
    row = next((row for row in rows if row["key"] == reading), rows[0] if rows else None)
    promise = promise_of(report.version)
    slowest = words.name(promise["reading"]) if promise else ""
    return {
        "promise": promise_words(promise, slowest, words.name),
        "headline": tables.headline(body),
        "tone": tables.tone(body),
        "covered": tables.covered(report),
        "rows": rows,
        "row": row,
        "bars": tables.bars(row) if row else None,
        "pair": tables.pair(body, row, report.version) if row else None,
        "milliseconds": 1000 * body["seconds"],
    }


def _empty(report: DriftReport) -> dict[str, str]:
    """Nothing in the span: what is there instead, and when something will be."""
    now = timezone.now()
    coarse = coarser_around(report)
    if coarse is not None:
        ends = {"since": coarse.starts, "until": coarse.ends}
        text = _("By now that time is kept as one row, from %(since)s to %(until)s.") % {
            key: local_text(at, "full", now) for key, at in ends.items()
        }
        query = {
            "asset": report.asset.slug,
            "version": f"{report.version.model.slug}/{report.version.number}",
            **{key: f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" for key, at in ends.items()},
        }
        return {"text": text, "action": _("Show that"), "href": f"?{urlencode(query)}"}
    last = last_window_end(report.asset, report.version)
    if last is not None:
        text = _("The last window of this version on %(asset)s ended on %(at)s.") % {
            "asset": report.asset,
            "at": local_text(last, "full", now),
        }
        return {"text": text, "action": "", "href": ""}
    minutes = max(1, round(report.version.model.window_seconds / 60))
    text = ngettext(
        "While parts are made, a window comes every minute.",
        "While parts are made, a window comes every %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    return {"text": text, "action": "", "href": ""}
