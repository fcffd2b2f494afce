"""Tables for back-tests: the list, adding one, removing one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.above.backtests.forms.tables import DatasetForm, UploadForm
from mlops_portal.above.backtests.models import PastTable
from mlops_portal.above.backtests.selectors.backtests import tables_all
from mlops_portal.above.backtests.services.tables import (
    table_add,
    table_answer,
    table_of_dataset,
    table_remove,
)
from mlops_portal.above.backtests.transitions import TableState
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table
from mlops_portal.foundation.wire.errors import Invalid


@require_safe
@signed_in
def tables(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "backtest.view")
    may = by.may("backtest.run")
    columns = [
        Column("name", _("Table"), sort="name"),
        Column("rows", _("Rows"), sort="rows", align="right"),
        Column("columns", _("Columns"), value=lambda table: len(table.columns) or None, align="right"),
        Column(
            "state",
            _("State"),
            sort="state",
            template="backtests/_table_state_cell.html",
            export=lambda table: table.get_state_display(),
        ),
        Column("added_by", _("By"), sort="added_by__name"),
        Column("added_at", _("Added"), sort="added_at"),
    ]
    if may:
        columns.append(Column("do", _("Do"), template="backtests/_table_do_cell.html", exported=False))
    table = Table(
        request,
        tables_all(),
        columns=columns,
        filters=[Choice("state", _("State"), TableState.choices)],
        search=["name"],
        default_sort=("-added_at", "-pk"),
        label=_("Tables for back-tests"),
        empty=_("No tables yet"),
        empty_text=_("Add the plant's own table, or the past parts of a model, and try choices on it."),
        filename="backtest-tables",
    )
    context = {"may_run": may, "upload": UploadForm(), "dataset": DatasetForm()}
    return cast(HttpResponse, table.respond("backtests/tables.html", context))  # or a CSV that streams


@require_POST
@signed_in
def upload(request: HttpRequest) -> HttpResponse:
    """Keep a file, and go on to the choices."""
    by = person_of(request)
    guard(by, "backtest.run")
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _on(request, table_add(by=by, file=file, name=file.name))
        except Invalid as error:
            form.add_error("file", error.sentence)
    return _again(request, upload=form)


@require_POST
@signed_in
def from_dataset(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "backtest.run")
    form = DatasetForm(request.POST)
    if form.is_valid():
        return _on(request, table_of_dataset(by=by, dataset=form.cleaned_data["dataset"]))
    return _again(request, dataset=form)


def _on(request: HttpRequest, table: PastTable) -> HttpResponse:
    kind = request.POST.get("kind", "")
    return redirect(
        f"{reverse('backtest_new')}?table={table.pk}" + (f"&kind={kind}" if kind.isalpha() else "")
    )


def _again(request: HttpRequest, **forms: Any) -> HttpResponse:
    context = {"upload": UploadForm(), "dataset": DatasetForm(), **forms}
    return render(request, "backtests/add.html", context, status=422)


@require_POST
@signed_in
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what the table asks, and go on to the choices."""
    by = person_of(request)
    guard(by, "backtest.run")
    key, value = request.POST.get("key", ""), request.POST.get("value", "")
    table = get_object_or_404(tables_all(), pk=pk)
    table_answer(by=by, table=table, answers={key: value} if key else {}, accept="accept" in request.POST)
    kind = request.GET.get("kind", "")
    query = {"table": str(pk)} | ({"kind": kind} if kind.isalpha() else {})
    return redirect(f"{reverse('backtest_new')}?{urlencode(query)}")


@require_POST
@signed_in
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "backtest.view")
    table = get_object_or_404(tables_all(), pk=pk)
    table_remove(by=by, table=table)
    messages.success(request, _("The table %(name)s was removed.") % {"name": table.name})
    return redirect("backtest_tables")
