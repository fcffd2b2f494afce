"""The page of an alert that is about a measure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.selectors import champion_for
from mlops_portal.foundation.shell.registries.actions import offers_for
from monitoring.alerts.actions import IN_DIALOG
from monitoring.alerts.forms import ResolveForm, SnoozeForm
from monitoring.alerts.panels import panels_of
from monitoring.alerts.selectors.alerts import headline, parts_since, similar
from monitoring.alerts.selectors.measure_checks import (
    band_check,
    changed_check,
    machines_of,
    models_check,
    parts_check,
    proposal_of,
    steps_for,
)
from monitoring.alerts.selectors.story import story
from monitoring.drift.selectors.drift import BEFORE
from monitoring.measures.charts import single as charts
from monitoring.measures.charts.joint import joint_whole
from monitoring.measures.selectors.joint_words import carriers
from monitoring.measures.selectors.measures import changes_at, series
from monitoring.models import Alert, Measure
from monitoring.performance.charts import performance_chart
from monitoring.performance.selectors.performance import performance_of
from monitoring.transitions import AlertState

SEEN = 4


def context_of(request: HttpRequest, by: Person, alert: Alert, measure: Measure) -> dict[str, Any]:
    values = series(measure, since=alert.since - BEFORE, until=alert.resolved_at)
    reach = charts.span_of(values)
    changes = changes_at(measure, since=alert.since - BEFORE, until=reach[1]) if reach else []
    carried = carriers(alert, measure) if measure.joint else []
    checks = [
        one
        for one in (
            models_check(alert, measure),
            band_check(alert, measure),
            parts_check(carried),
            changed_check(alert, changes),
        )
        if one is not None
    ]
    past = similar(alert)
    offers = offers_for(by, alert)
    return {
        "alert": alert,
        "measure": measure,
        "headline": headline(alert),
        "parts": parts_since(alert, alert.resolved_at),
        "chart": joint_whole(
            measure,
            values,
            [alert],
            changes,
            since=alert.since - BEFORE,
            until=alert.resolved_at,
            order=[one.measure for one in carried],
        )
        if measure.joint
        else charts.whole(measure, values, [alert], changes, _model(measure, reach)),
        "carried": carried,
        "promise": charts.promise(measure),
        "checks": [{"tone": c.tone, "title": c.title, "text": c.text, "href": c.href} for c in checks],
        "proposal": proposal_of(alert, past),
        "steps": steps_for(alert, measure, checks, carried),
        "story": story(alert, changes, []),
        "plain_offers": [one for one in offers if one.verb not in IN_DIALOG or not one.allowed],
        "dialog_offers": [one for one in offers if one.verb in IN_DIALOG and one.allowed],
        "resolve_form": ResolveForm(),
        "snooze_form": SnoozeForm(),
        "past": past[:SEEN],
        "past_count": len(past),
        "panels": panels_of(request, alert),
        "resolved": alert.state == AlertState.RESOLVED,
    }


def _model(measure: Measure, reach: Any) -> Any:
    """The measure of the model on the first machine there that runs one."""
    for asset in machines_of(measure):
        version = champion_for(asset)
        if version is not None and reach is not None:
            rows = performance_of(version=version, asset=asset, since=reach[0], until=reach[1])
            return performance_chart(
                rows, "accuracy", charts.model_title(asset, version), height=charts.LOW_HEIGHT
            )
    return None
