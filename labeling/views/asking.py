"""Asking the operators of a line about parts, from an alert or by hand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from labeling.forms.asking import AskForm
from labeling.selectors.runs import more_labels_text
from labeling.services import requests_ask
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from mlops_portal.foundation.registry.selectors import champion_for, champion_of
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import Conflict, Invalid, NotFound
from monitoring.models import Alert


@require_http_methods(["GET", "POST"])
@signed_in
def ask(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "label.ask")
    alert = _alert(request, by)
    form = AskForm(request.POST or None, by=by, fixed=alert is not None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version, line = _of(alert, form.cleaned_data)
                job = requests_ask(
                    by=by, alert=alert, version=version, line=line, count=form.cleaned_data["count"]
                )
                return redirect("job", pk=job.pk)
            except (Conflict, Invalid, NotFound) as error:
                form.add_error(None, error.sentence)
                status = error.status
    more = more_labels_text(alert.version.model) if alert and alert.version else ""
    context = {"form": form, "alert": alert, "more": more}
    return render(request, "labeling/ask.html", context, status=status)


def _alert(request: HttpRequest, by: Person) -> Alert | None:
    given = request.GET.get("alert", "")
    if not given:
        return None
    lines = lines_for(person=by, action="label.ask")
    alerts = Alert.objects.select_related("asset__line__site", "version__model").filter(
        asset__line__in=lines, version__isnull=False
    )
    return get_object_or_404(alerts, pk=given if given.isascii() and given.isdigit() else 0)


def _of(alert: Alert | None, given: dict[str, Line | RegisteredModel]) -> tuple[ModelVersion, Line]:
    """The very version that would be retrained, and the line."""
    if alert is not None:
        return champion_for(alert.machine) or alert.judged_by, alert.line
    line, model = given["line"], given["model"]
    assert isinstance(line, Line)
    assert isinstance(model, RegisteredModel)
    version = champion_of(model)
    if version is None:
        raise NotFound(_("No machine runs a version of %(model)s yet.") % {"model": model})
    return version, line
