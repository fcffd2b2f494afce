"""Studies of the measuring system behind a measure: the list with a form, and one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.plant.policies import guard, verdict
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.gauges.forms import GaugeForm
from monitoring.gauges.selectors.studies import studies_for
from monitoring.gauges.selectors.words import doubts_of, facts_of, state_of, table_of
from monitoring.gauges.services.studies import gauge_study_record
from monitoring.models import Measure


@require_http_methods(["GET", "POST"])
@signed_in
def studies(request: HttpRequest, pk: int) -> HttpResponse:
    """Those of one measure, and a form for the next."""
    by = person_of(request)
    guard(by, "measure.view")
    mine = Measure.objects.filter(line__in=lines_for(person=by, action="measure.view"))
    measure = get_object_or_404(mine.select_related("line", "asset"), pk=pk)
    if request.method == "POST":
        guard(by, "measure.edit", line=measure.line)
    form = GaugeForm(request.POST or None)

    def do(_given: dict[str, Any]) -> HttpResponse:
        made = gauge_study_record(by=by, measure=measure, **form.given)
        return redirect("gauge_study", made.pk)

    known = [
        {"study": one, "state": state_of(one)} for one in studies_for(person=by).filter(measure=measure)[:20]
    ]
    return form_page(
        request,
        form,
        do,
        template="monitoring/gauge_studies.html",
        title=_("Measuring system of %(measure)s") % {"measure": measure},
        lead=_("Whether differences between parts are seen, or differences between measurements."),
        measure=measure,
        known=known,
        may_edit=verdict(by, "measure.edit", line=measure.line),
        submit=_("Compute it"),
        back=reverse("measure", args=[measure.pk]),
        back_label=str(measure),
    )


@require_safe
@signed_in
def study(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "measure.view")
    shown = get_object_or_404(studies_for(person=by), pk=pk)
    context = {
        "study": shown,
        "measure": shown.measure,
        "state": state_of(shown),
        "facts": facts_of(shown),
        "table": table_of(shown),
        "doubts": doubts_of(shown),
    }
    return render(request, "monitoring/gauge_study.html", context)
