"""What nodes sent that could not be used: refused batches and records set aside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlops_portal.plant.policies import guard
from mlops_portal.plant.selectors.places import lines_for
from mlops_portal.shell.signed_in import person_of, signed_in
from mlops_portal.shell.tables.columns import Column
from mlops_portal.shell.tables.table import Table
from monitoring.models import Quarantined, TelemetryBatch
from monitoring.models.telemetry import BatchState


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
        empty_text=_("A batch that does not fit a known model is kept here with the reason."),
    )
    records = Table(
        request,
        Quarantined.objects.filter(node__line__in=lines).select_related("node"),
        columns=[
            Column("at", _("Time"), sort="at"),
            Column("part_id", _("Part"), sort="part_id"),
            Column("node", _("Edge node"), sort="node__name"),
            Column("reason", _("Why it was set aside")),
        ],
        search=["part_id", "reason"],
        default_sort="-at",
        key="aside",
        label=_("Records set aside"),
        empty=_("Nothing was set aside"),
        empty_text=_("A record that fails a check at the node is kept here and never trained on."),
    )
    other = records if request.headers.get("HX-Target") == records.id or records.param("csv") else batches
    return other.respond("monitoring/telemetry.html", {"batches": batches, "records": records})
