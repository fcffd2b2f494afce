"""What nodes sent that could not be used: records set aside, and refused batches."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table
from monitoring.intake.selectors.aside import aside_counts, aside_for
from monitoring.models import TelemetryBatch
from monitoring.models.telemetry import BatchState
from monitoring.transitions import Check, Sort, check_words


@require_safe
@signed_in
def telemetry(request: HttpRequest) -> HttpResponseBase:
    by = person_of(request)
    guard(by, "alert.view")
    lines = lines_for(person=by, action="alert.view")
    batches = Table(
        request,
        TelemetryBatch.objects.filter(node__line__in=lines, state=BatchState.REFUSED).select_related("node"),
        columns=[
            Column("received_at", _("Received"), sort="received_at"),
            Column("node", _("Edge node"), sort="node__name"),
            Column("sequence", _("Number"), sort="sequence", align="right"),
            Column("problem", _("Why it was refused")),
        ],
        default_sort="-received_at",
        key="refused",
        label=_("Refused batches"),
        empty=_("Nothing was refused"),
        empty_text=_("A batch that could not be merged at all is kept here with the reason."),
    )
    rows = aside_for(by)
    nodes = Node.objects.filter(line__in=lines).order_by("line__order", "name")
    records = Table(
        request,
        rows,
        columns=[
            Column("at", _("Time"), sort="at"),
            Column("node", _("Edge node"), sort="node__name"),
            Column("asset_slug", _("Machine"), sort="asset_slug", value=lambda row: row.asset_slug or "–"),
            Column("part_id", _("Part"), sort="part_id", value=lambda row: row.part_id or "–"),
            Column("sort", _("What"), value=lambda row: row.get_sort_display()),
            Column("check", _("Check"), sort="check_key", value=lambda row: check_words(row.check_key)),
            Column("reason", _("Why it was set aside")),
            Column("times", _("Times"), sort="times", align="right"),
        ],
        filters=[
            Choice("node", _("Edge node"), [(one.slug, one.name) for one in nodes], field="node__slug"),
            Choice("check", _("Check"), Check.choices, field="check_key"),
            Choice("sort", _("What"), Sort.choices),
        ],
        search=["part_id", "reason", "asset_slug", "key"],
        default_sort="-at",
        key="aside",
        label=_("Records set aside"),
        empty=_("Nothing was set aside"),
        empty_text=_("A record that fails a check, or contradicts another, is kept here and counts nowhere."),
    )
    other = batches if request.headers.get("HX-Target") == batches.id or batches.param("csv") else records
    context: dict[str, Any] = {"batches": batches, "records": records, "counts": aside_counts(rows)}
    return other.respond("monitoring/telemetry.html", context)
