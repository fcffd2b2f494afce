"""What people do on the page of a measure: tell a value, upload a table, end it, let it learn anew."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mlops_portal.plant.models import Person
from mlops_portal.plant.policies import guard
from mlops_portal.shell.signed_in import person_of, signed_in
from mlops_portal.wire.errors import Conflict, Invalid
from monitoring.forms import RelearnForm, ValueForm, ValuesForm
from monitoring.models import Measure
from monitoring.selectors.measures import measures_for
from monitoring.services import measure_end, measure_relearn, values_record
from monitoring.services.measure_table import values_of
from monitoring.services.measure_values import Recorded
from monitoring.views.measures import page_context


@require_POST
@signed_in
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One value, of now."""
    by, found = _of(request, pk)
    form = ValueForm(request.POST)

    def do(given: dict[str, Any]) -> None:
        now = timezone.now()
        _say(request, values_record(by=by, measure=found, values=[(now, given["value"])]))

    return _done(request, by, found, form, do, "value_form")


@require_POST
@signed_in
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A small table."""
    by, found = _of(request, pk)
    guard(by, "measure.record", line=found.line)
    form = ValuesForm(request.POST, request.FILES)

    def do(given: dict[str, Any]) -> None:
        values = values_of(given["table"].read(1_000_001), zone=ZoneInfo(found.line.site.time_zone))
        _say(request, values_record(by=by, measure=found, values=values))

    return _done(request, by, found, form, do, "values_form")


@require_POST
@signed_in
def relearn(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = _of(request, pk)
    form = RelearnForm(request.POST)

    def do(given: dict[str, Any]) -> None:
        measure_relearn(by=by, measure=found, since=given["since"])
        messages.success(request, _("It learns anew what is normal, from that moment on."))

    return _done(request, by, found, form, do, "relearn_form")


@require_POST
@signed_in
def end(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = _of(request, pk)
    measure_end(by=by, measure=found)
    messages.success(request, _("%(measure)s was ended; what was recorded stays.") % {"measure": found})
    return redirect("measure", found.pk)


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


def _done(request: HttpRequest, by: Person, found: Measure, form: Form, do: Any, name: str) -> HttpResponse:
    """Do it and show the page; what can be mended is said at the form."""
    status = 422
    if form.is_valid():
        try:
            do(form.cleaned_data)
            return redirect("measure", found.pk)
        except (Conflict, Invalid) as error:
            form.add_error(None, error.sentence)
            status = error.status
    context = page_context(request, by, found, **{name: form})
    return render(request, "monitoring/measure.html", context, status=status)
