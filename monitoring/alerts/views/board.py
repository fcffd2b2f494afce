"""The alert board: what is wrong where."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table
from monitoring.alerts.selectors.alerts import alerts_for, headline
from monitoring.models.alert import AlertKind
from monitoring.transitions import UNRESOLVED, AlertState, Cause


@require_safe
@signed_in
def alerts(request: HttpRequest) -> HttpResponseBase:
    by = person_of(request)
    guard(by, "alert.view")
    visible = alerts_for(person=by)
    lines = [(line.slug, line.name) for line in lines_for(person=by, action="alert.view")]
    table = Table(
        request,
        visible,
        columns=[
            Column("alert", _("Alert"), value=headline, link=lambda row: reverse("alert", args=[row.pk])),
            Column("state", _("State"), sort="urgency", template="monitoring/_state_cell.html",
                   export=lambda row: row.get_state_display()),
            Column("kind", _("Kind"), value=lambda row: row.get_kind_display()),
            Column("asset", _("Machine"), sort="asset__name", value=lambda row: row.asset or "–"),
            Column("line", _("Line"), sort="line_slug", value="line"),
            Column("since", _("Since"), sort="since"),
            Column("owner", _("Looked after by"), value=lambda row: row.owner or "–"),
            Column("cause", _("Cause"), sort="cause", value=_cause),
        ],
        filters=[
            Choice("state", _("State"), AlertState.choices),
            Choice("line", _("Line"), lines, field="line_slug"),
            Choice("kind", _("Kind"), AlertKind.choices),
            Choice("cause", _("Cause"), Cause.choices),
        ],
        search=["asset__name", "measure__key", "feature", "comment", "owner__name"],
        label=_("Alerts"),
        empty=_("No alert so far"),
        empty_text=_(
            "An alert appears here by itself when readings leave what a model learned, "
            "in two windows after one another and by enough to matter."
        ),
        filename="alerts",
    )  # fmt: skip
    context: dict[str, Any] = {"open": visible.filter(state__in=UNRESOLVED).count()}
    return table.respond("monitoring/alerts.html", context)


def _cause(row: Any) -> str:
    return str(row.get_cause_display()) if row.cause else "–"
