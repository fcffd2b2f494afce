"""Starting back-tests: what to try on which table, then the choices."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mlops_portal.above.backtests.forms.choices import ChoicesForm
from mlops_portal.above.backtests.forms.tables import DatasetForm, StartForm, UploadForm
from mlops_portal.above.backtests.models import BackTest, PastTable
from mlops_portal.above.backtests.selectors.backtests import backtests_all, tables_all
from mlops_portal.above.backtests.services.backtests import backtests_run
from mlops_portal.above.backtests.transitions import Kind, TableState
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.selectors.guesses import guesses_shown
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """``?kind=…&table=…`` shows the choices, ``?like=…`` those of an earlier back-test."""
    guard(person_of(request), "backtest.run")
    like = _like(request)
    kind = like.kind if like else request.GET.get("kind", "")
    number = str(like.table_id) if like else request.GET.get("table", "")
    if kind not in Kind.values or not number.isdecimal():
        return _start(request, kind, number)
    table = get_object_or_404(tables_all(), pk=int(number))
    if table.state != TableState.READY:
        return _waiting(request, table)
    return _choices(request, Kind(kind), table, like)


def _like(request: HttpRequest) -> BackTest | None:
    number = request.GET.get("like", "")
    return get_object_or_404(backtests_all(), pk=int(number)) if number.isdecimal() else None


def _start(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    asked = request.GET if "kind" in request.GET else None
    form = StartForm(
        asked if asked and number else None, initial={"kind": kind or Kind.DRIFT, "table": number}
    )
    context = {
        "form": form,
        "upload": UploadForm(),
        "dataset": DatasetForm(),
        "kinds": [
            (Kind.DRIFT, _hint(Kind.DRIFT)),
            (Kind.LABELING, _hint(Kind.LABELING)),
            (Kind.RETRAIN, _hint(Kind.RETRAIN)),
        ],
        "any": tables_all().exists(),
    }
    return render(request, "backtests/new.html", context)


def _hint(kind: Kind) -> str:
    return {
        Kind.DRIFT: _("When would these limits have raised an alert, and how often for nothing?"),
        Kind.LABELING: _("How many labels would have been enough, if parts are chosen in this way?"),
        Kind.RETRAIN: _("How wrong would the model have been, retrained at these moments?"),
    }[kind]


def _waiting(request: HttpRequest, table: PastTable) -> HttpResponse:
    partial = request.headers.get("HX-Target") == "reading"
    context: dict[str, Any] = {
        "table": table,
        "guesses": guesses_shown(table.guesses),
        "zone": None,  # no number of a back-test hangs on it
        "edit": table.state == TableState.ASKING,
        "answer_url": f"{reverse('backtest_table_answer', args=[table.pk])}?{request.GET.urlencode()}",
    }
    return render(request, "backtests/reading.html#whole" if partial else "backtests/reading.html", context)


def _choices(request: HttpRequest, kind: Kind, table: PastTable, like: BackTest | None) -> HttpResponse:
    by = person_of(request)
    before = {**like.parameters, "reference": like.reference_id} if like else {}
    form = ChoicesForm(request.POST or None, kind=kind, table=table, like=before)

    def run(given: dict[str, Any]) -> HttpResponse:
        made = backtests_run(
            by=by,
            kind=kind,
            table=table,
            choices=form.choices_made,
            reference=given.get("reference"),
            name=given["name"],
        )
        if len(made) == 1:
            return redirect("backtest", made[0].pk)
        query = "&".join(f"test={test.pk}" for test in made)
        return redirect(f"{reverse('backtest_compare')}?{query}")

    if request.headers.get("HX-Target") == "reading":  # the table was being read a moment ago
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return form_page(
        request, form, run, template="backtests/choices.html", kind=kind, table=table, hint=_hint(kind)
    )
