"""A measure's values as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.export import csv_response
from monitoring.measures.rules.run_rules import RULES
from monitoring.measures.selectors.measures import measures_for
from monitoring.models import Measure


@require_safe
@signed_in
def values(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All values of a measure, oldest first, with what its chart said."""
    by = person_of(request)
    guard(by, "measure.view")
    measure = get_object_or_404(measures_for(person=by), pk=pk)
    return csv_response(request, _columns(), _rows(measure), f"measure-{measure.key}")


def _columns() -> list[Column]:
    return [
        Column("at", _("Moment (UTC)")),
        Column("value", _("Value")),
        Column("size", _("Of how many")),
        Column("spread", _("Spread inside")),
        Column("low", _("Lower 3 σ line")),
        Column("high", _("Upper 3 σ line")),
        Column("up", _("Share of the limit, upward")),
        Column("down", _("Share of the limit, downward")),
        Column("inside", _("Share of the limit, spread")),
        Column("rules", _("Run rules")),
        Column("on", _("Out of its limit")),
    ]


def _rows(measure: Measure) -> Iterator[dict[str, Any]]:
    for one in measure.values.order_by("at").iterator():
        told = one.carried or {}
        low, high = told.get("lines") or (None, None)
        yield {
            "at": one.at.isoformat(),
            "value": one.value, "size": one.size, "spread": one.spread, "low": low, "high": high,
            "up": one.up, "down": one.down, "inside": told.get("spread"),
            "rules": "; ".join(RULES[key].called for key in told.get("rules", [])),
            "on": one.on,
        }  # fmt: skip
