"""Measures: the list, adding one, and the page of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import guard, verdict
from mlops_portal.foundation.registry.selectors import champion_for
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from monitoring.measures.charts import single as charts
from monitoring.measures.charts.joint import joint_whole
from monitoring.measures.forms import (
    JointForm,
    MeasureForm,
    RelearnForm,
    SpecForm,
    UndoNormalForm,
    ValueForm,
    ValuesForm,
)
from monitoring.measures.selectors.capability_words import capability_of
from monitoring.measures.selectors.control_words import rules_of
from monitoring.measures.selectors.joint_words import joint_lead
from monitoring.measures.selectors.measures import changes_at, measures_for, series
from monitoring.measures.selectors.parts import joints_of, parts_of
from monitoring.measures.selectors.words import facts_of, state_of
from monitoring.measures.services.measures import measure_add
from monitoring.models import Measure
from monitoring.performance.charts import performance_chart
from monitoring.performance.selectors.performance import performance_of
from monitoring.transitions import UNRESOLVED

SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31), "all": None}


@require_safe
@signed_in
def measures(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "measure.view")
    kind = request.GET.get("kind", "")
    visible = list(measures_for(person=by))
    shown = [one for one in visible if one.ended_at is None and (not kind or one.kind == kind)]
    rows = [
        {
            "measure": one,
            "state": state_of(one),
            "last": one.values.last(),
            "together": joint_lead(one) if one.joint else None,
        }
        for one in shown
    ]
    kinds = Measure._meta.get_field("kind").choices or []
    tabs = [("", _("All")), *((str(key), str(words)) for key, words in kinds)]
    context = {
        "rows": rows,
        "ended": [one for one in visible if one.ended_at is not None],
        "tabs": [
            {
                "label": words,
                "url": f"?{urlencode({'kind': key})}" if key else "?",
                "active": key == kind,
                "count": None,
            }
            for key, words in tabs
        ],
        "may_edit": by.may("measure.edit"),
    }
    return render(request, "monitoring/measures.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def add(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "measure.edit")
    form = MeasureForm(request.POST or None, by=by, initial={"place": request.GET.get("place", "")})

    lead = _("A series that is watched for steps: power, air, cycle time, scrap, minutes, cost.")
    return _add_page(request, by, form, lead, "measure_add")


@require_http_methods(["GET", "POST"])
@signed_in
def add_joint(request: HttpRequest) -> HttpResponse:
    """Several measures of one line, watched together."""
    by = person_of(request)
    guard(by, "measure.edit")
    form = JointForm(request.POST or None, by=by)
    lead = _(
        "MEWMA: several measures together. It sees a step that is too small in each of them, and a relation "
        "between them that is broken."
    )
    return _add_page(request, by, form, lead, "measure_add_joint", few=form.few)


def _add_page(
    request: HttpRequest,
    by: Person,
    form: MeasureForm | JointForm,
    lead: str,
    here: str,
    **more: Any,
) -> HttpResponse:
    def do(_given: dict[str, Any]) -> HttpResponse:
        made = measure_add(by=by, **form.given)
        messages.success(
            request,
            ngettext(
                "%(measure)s begins; its first value teaches what is normal.",
                "%(measure)s begins; its first %(count)d values teach what is normal.",
                made.reference_size,
            )
            % {"measure": made, "count": made.reference_size},
        )
        return redirect("measure", made.pk)

    ways = {"measure_add": _("One series"), "measure_add_joint": _("Several measures together")}
    return form_page(
        request,
        form,
        do,
        template="monitoring/measure_add.html",
        title=_("Add a measure"),
        lead=lead,
        ways=[
            {"label": words, "url": reverse(name), "active": name == here, "count": None}
            for name, words in ways.items()
        ],
        **more,
        submit=_("Add the measure"),
        back=reverse("measures"),
        back_label=_("Measures"),
    )


@require_safe
@signed_in
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "measure.view")
    shown = get_object_or_404(measures_for(person=by), pk=pk)
    return render(request, "monitoring/measure.html", page_context(request, by, shown))


def page_context(request: HttpRequest, by: Person, measure: Measure, **more: Any) -> dict[str, Any]:
    """Everything that the page of a measure shows."""
    span = request.GET.get("span", "all")
    length = SPANS.get(span)
    last = measure.values.last()
    since = last.at - length if last is not None and length is not None else None
    values = series(measure, since=since)
    reach = charts.span_of(values)
    alerts = list(measure.alerts.order_by("-since")[:20])
    changes = changes_at(measure, since=reach[0], until=reach[1]) if reach else []
    beside, machines = (None, []) if measure.joint else _model_on(request, measure)
    parts = parts_of(measure) if measure.joint else []
    return {
        "measure": measure,
        "state": state_of(measure),
        "facts": facts_of(measure),
        "last": last,
        "chart": joint_whole(measure, values, alerts, changes, since=since)
        if measure.joint
        else charts.whole(measure, values, alerts, changes, _model(beside, reach)),
        "together": joint_lead(measure) if measure.joint else None,
        "parts": [{"measure": one, "state": state_of(one), "last": one.values.last()} for one in parts],
        "joints": list(joints_of(measure)),
        "spans": [_tab(request, words, "span", key, span) for key, words in _span_words().items()],
        "machines": machines,
        "alerts": alerts,
        "open": next((one for one in alerts if one.state in UNRESOLVED), None),
        "changes": changes,
        "may_record": verdict(by, "measure.record", line=measure.line),
        "may_edit": verdict(by, "measure.edit", line=measure.line),
        "value_form": ValueForm(chart=measure.chart),
        "rules": rules_of(measure),
        "capability": capability_of(measure),
        "spec_form": SpecForm(initial={"spec_low": measure.spec_low, "spec_high": measure.spec_high}),
        "of_readings": not measure.joint and measure.chart not in ("p", "np", "c", "u"),
        "values_form": ValuesForm(),
        "normals": list(measure.normals.select_related("by", "undone_by", "cause__measure")[:20]),
        "last_normal": measure.normals.filter(undone_at=None, cause=None).exists(),
        "undo_form": UndoNormalForm(),
        "relearn_form": RelearnForm(initial={"since": timezone.localtime()}),
        **more,
    }


def _span_words() -> dict[str, str]:
    return {"day": _("a day"), "week": _("a week"), "month": _("a month"), "all": _("everything")}


def _tab(request: HttpRequest, label: str, name: str, key: str, active: str) -> dict[str, Any]:
    query = request.GET.copy()
    query[name] = key
    return {"label": label, "url": f"?{query.urlencode()}", "active": key == active, "count": None}


def _model_on(request: HttpRequest, measure: Measure) -> tuple[Asset | None, list[dict[str, Any]]]:
    """The machine whose model is drawn on the same axis, and the choice of them."""
    if measure.asset is not None:
        return measure.asset, []
    machines = [
        one for one in measure.line.assets.filter(retired_at=None).order_by("name") if champion_for(one)
    ]
    asked = request.GET.get("machine", "")
    chosen = next((one for one in machines if one.slug == asked), machines[0] if machines else None)
    if len(machines) < 2 or chosen is None:
        return chosen, []
    return chosen, [_tab(request, str(one), "machine", one.slug, chosen.slug) for one in machines]


def _model(asset: Asset | None, reach: Any) -> LineChart | None:
    version = champion_for(asset) if asset is not None else None
    if version is None or reach is None:
        return None
    rows = performance_of(version=version, asset=asset, since=reach[0], until=reach[1])
    return (
        performance_chart(rows, "accuracy", charts.model_title(asset, version), height=charts.LOW_HEIGHT)
        if asset
        else None
    )
