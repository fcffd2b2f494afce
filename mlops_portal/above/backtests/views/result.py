"""One back-test: how far it is, what came out, its file; cancel and delete."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.above.backtests.models import BackTest
from mlops_portal.above.backtests.selectors.backtest_words import lead_words, outcome
from mlops_portal.above.backtests.selectors.backtests import backtests_all, chosen, result_open
from mlops_portal.above.backtests.selectors.figures import figures
from mlops_portal.above.backtests.services.backtests import backtest_cancel, backtest_delete
from mlops_portal.above.backtests.transitions import Kind, State
from mlops_portal.above.backtests.views.charts import chart_of, course_charts, offset
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for
from monitoring.promises import promise_words

FEW = 50
FEW_LEAD = 6


@require_safe
@signed_in
def backtest(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    test = _found(request, pk)
    context: dict[str, Any] = {
        "test": test,
        "chosen": chosen(test),
        "offers": offers_for(by, test),
    }
    if test.state == State.DONE:
        context |= {
            "outcome": outcome(test),
            "figures": figures(test),
            "chart": chart_of([test]),
            **_more(test),
        }
    partial = request.headers.get("HX-Target") == "backtest"
    return render(request, "backtests/backtest.html#whole" if partial else "backtests/backtest.html", context)


def _more(test: BackTest) -> dict[str, Any]:
    shown = test.result
    promise = shown.get("promise")
    notes = {"notes": shown.get("notes", [])}
    if "promise" in shown:
        notes["promise"] = promise_words(promise, promise["reading"] if promise else "")
    if test.kind != Kind.DRIFT:
        return notes
    begin = offset(test)
    lead = {row[0]: row for row in shown["rows"]}
    alerts = [
        {
            "row": row + begin,
            "end": lead[row][1] + begin,
            "name": lead_words(lead[row][4]),
            "times": lead[row][3],
        }
        for row in shown["alerts"]
        if row in lead
    ]
    return {
        **notes,
        "alerts": alerts[:FEW],
        "left_out": max(0, len(shown["alerts"]) - FEW),
        "leads": [(lead_words(name), windows) for name, windows in shown["leads"][:FEW_LEAD]],
        "courses": course_charts(test),
    }


@require_safe
@signed_in
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The whole result as JSON."""
    test = _found(request, pk)
    return FileResponse(
        result_open(test),
        as_attachment=True,
        filename=f"backtest-{test.pk}.json",
        content_type="application/json",
    )


@require_POST
@signed_in
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    backtest_cancel(by=person_of(request), test=_found(request, pk))
    messages.success(request, _("The back-test was cancelled."))
    return redirect("backtest", pk)


@require_POST
@signed_in
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    test = _found(request, pk)
    backtest_delete(by=person_of(request), test=test)
    messages.success(request, _("The back-test %(name)s was deleted.") % {"name": test.name})
    return redirect("backtests")


def _found(request: HttpRequest, pk: int) -> BackTest:
    guard(person_of(request), "backtest.view")
    return get_object_or_404(backtests_all(), pk=pk)
