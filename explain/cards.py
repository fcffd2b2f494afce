"""The place of the reasons on the page of an alert."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from explain.selectors import reasons_for
from explain.selectors.stored import ALERT, leaning, topic
from monitoring.alerts import panels
from monitoring.models import Alert


def _alert(_request: HttpRequest, alert: Alert) -> dict[str, Any] | None:
    if alert.version is None:  # about a measure: there is no model to explain
        return None
    return {
        "explanation": reasons_for(alert.version, ALERT, alert.pk),
        "topic": topic(alert.version, ALERT, str(alert.pk)),
    }


def _lead(request: HttpRequest, alert: Alert) -> dict[str, Any] | None:
    explained = _alert(request, alert)
    explanation = explained["explanation"] if explained else None
    return explained if explanation and not explanation.refused else None


def register_panels() -> None:
    panels.LEANING.add("explain", leaning)
    panels.register("explain.lead", 20, "explain/alert_lead.html", _lead, place="lead")
    panels.register("explain", 40, "explain/alert.html", _alert)
