"""What people do on the page of a measure: tell a value, upload a table, end it, let it learn anew."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.selectors.guesses import guesses_shown, zone_shown, zones_all
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import Conflict, Invalid
from monitoring.measures.forms import RelearnForm, SpecForm, UndoNormalForm, ValueForm, ValuesForm
from monitoring.measures.selectors.measures import measures_for
from monitoring.measures.services.capability import measure_spec_set
from monitoring.measures.services.measures import measure_end
from monitoring.measures.services.normals import measure_relearn, measure_relearn_undo
from monitoring.measures.services.tables import measure_table_answer, measure_table_bring
from monitoring.measures.services.values import Recorded, values_record
from monitoring.measures.views.measures import page_context
from monitoring.models import Measure
from monitoring.models.measure import TableState


@require_POST
@signed_in
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One value, of now."""
    by, measure = _of(request, pk)
    form = ValueForm(request.POST, chart=measure.chart)

    def do(_given: dict[str, Any]) -> None:
        _say(request, values_record(by=by, measure=measure, values=[(timezone.now(), form.given)]))

    return _done(request, by, measure, form, do, "value_form")


@require_POST
@signed_in
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A table of values, which a worker reads."""
    by, measure = _of(request, pk)
    guard(by, "measure.record", line=measure.line)
    form = ValuesForm(request.POST, request.FILES)

    def do(given: dict[str, Any]) -> HttpResponse:
        table = measure_table_bring(by=by, measure=measure, file=given["table"], name=given["table"].name)
        return redirect("measure_table", measure.pk, table.pk)

    return _done(request, by, measure, form, do, "values_form")


@require_safe
@signed_in
def table(request: HttpRequest, pk: int, table_pk: int) -> HttpResponse:
    """What became of a table of values: being read, what is asked, what was taken."""
    by, measure = _of(request, pk)
    brought = get_object_or_404(measure.tables, pk=table_pk)
    context = {
        "measure": measure,
        "table": brought,
        "page": reverse("measure_table", args=[pk, table_pk]),
        "answer_url": reverse("measure_table_answer", args=[pk, table_pk]),
        "guesses": guesses_shown(brought.guesses),
        "zone": zone_shown(brought.guesses),
        "zones": zones_all(),
        "edit": brought.state == TableState.WAITING and by.may("measure.record", line=measure.line),
    }
    template = "monitoring/measure_table.html"
    if request.headers.get("HX-Target") == "table":
        template += "#state"
    return render(request, template, context)


@require_POST
@signed_in
def table_answer(request: HttpRequest, pk: int, table_pk: int) -> HttpResponse:
    by, measure = _of(request, pk)
    key, value = request.POST.get("key", ""), request.POST.get("value", "")
    measure_table_answer(
        by=by,
        table=get_object_or_404(measure.tables, pk=table_pk),
        answers={key: value} if key else {},
        accept="accept" in request.POST,
    )
    return redirect("measure_table", pk, table_pk)


@require_POST
@signed_in
def relearn(request: HttpRequest, pk: int) -> HttpResponse:
    by, measure = _of(request, pk)
    form = RelearnForm(request.POST)

    def do(given: dict[str, Any]) -> None:
        measure_relearn(by=by, measure=measure, **given)
        messages.success(request, _("It learns anew what is normal, from that moment on."))

    return _done(request, by, measure, form, do, "relearn_form")


@require_POST
@signed_in
def relearn_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest new normal was none."""
    by, measure = _of(request, pk)

    def do(given: dict[str, Any]) -> None:
        measure_relearn_undo(by=by, measure=measure, **given)
        messages.success(request, _("It was taken back; the reference before it counts again."))

    return _done(request, by, measure, UndoNormalForm(request.POST), do, "undo_form")


@require_POST
@signed_in
def spec(request: HttpRequest, pk: int) -> HttpResponse:
    """What the drawing allows."""
    by, measure = _of(request, pk)

    def do(given: dict[str, Any]) -> None:
        measure_spec_set(by=by, measure=measure, **given)
        messages.success(request, _("The limits of the drawing are kept."))

    return _done(request, by, measure, SpecForm(request.POST), do, "spec_form")


@require_POST
@signed_in
def end(request: HttpRequest, pk: int) -> HttpResponse:
    by, measure = _of(request, pk)
    measure_end(by=by, measure=measure)
    messages.success(request, _("%(measure)s was ended; what was recorded stays.") % {"measure": measure})
    return redirect("measure", measure.pk)


def _of(request: HttpRequest, pk: int) -> tuple[Person, Measure]:
    by = person_of(request)
    guard(by, "measure.view")
    return by, get_object_or_404(measures_for(person=by), pk=pk)


def _say(request: HttpRequest, done: Recorded) -> None:
    text = ngettext("%(count)d value was taken.", "%(count)d values were taken.", done.new + done.corrected)
    text %= {"count": done.new + done.corrected}
    if done.same:
        same = ngettext("%(count)d was there already.", "%(count)d were there already.", done.same)
        text += " " + same % {"count": done.same}
    messages.success(request, text)


def _done(request: HttpRequest, by: Person, measure: Measure, form: Form, do: Any, name: str) -> HttpResponse:
    """Do it and show the page; what can be mended is said at the form."""
    status = 422
    if form.is_valid():
        try:
            return do(form.cleaned_data) or redirect("measure", measure.pk)
        except (Conflict, Invalid) as error:
            form.add_error(None, error.sentence)
            status = error.status
    context = page_context(request, by, measure, **{name: form})
    return render(request, "monitoring/measure.html", context, status=status)
