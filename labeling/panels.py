"""On the page of an alert: what people were asked because of it, and which runs answer it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from labeling.selectors.answers import answered_because_of
from labeling.selectors.runs import runs_because_of
from mlops_portal.foundation.shell.pages.signed_in import person_of
from monitoring.alerts import panels
from monitoring.models import Alert


def _answers(request: HttpRequest, alert: Alert) -> dict[str, Any] | None:
    by = person_of(request)
    asked, answered = answered_because_of(alert)
    runs = runs_because_of(alert) if by.may("run.view") else []
    return {"asked": asked, "answered": answered, "runs": runs} if asked or runs else None


def register_panels() -> None:
    panels.register("labeling.answers", 20, "labeling/alert_side.html", _answers, place="side")
