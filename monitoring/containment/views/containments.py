"""Parts in doubt: the list, one of them by lot, a lot part by part, its label to print."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlops_portal.foundation.ledger.selectors.history import events
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.tables.columns import Column
from mlops_portal.foundation.shell.tables.export import csv_response
from mlops_portal.foundation.shell.tables.filters import Choice
from mlops_portal.foundation.shell.tables.table import Table
from monitoring.containment.policies import containment_verdict
from monitoring.containment.selectors import words
from monitoring.containment.selectors.containments import (
    containments_for,
    lots_of,
    missing,
    parts_of,
    reinspected,
)
from monitoring.models import Containment, ContainmentLot, ContainmentPart
from monitoring.models.containment import ContainmentState
from monitoring.transitions import Trigger

HISTORY = 30
ON_A_LABEL = 30


def seen_by(request: HttpRequest, pk: int) -> tuple[Person, Containment]:
    by = person_of(request)
    guard(by, "containment.view")
    return by, get_object_or_404(containments_for(by), pk=pk)


@require_safe
@signed_in
def containments(request: HttpRequest) -> HttpResponseBase:
    by = person_of(request)
    guard(by, "containment.view")
    visible = containments_for(by)
    lines = [(line.slug, line.name) for line in lines_for(person=by, action="containment.view")]
    table = Table(
        request,
        visible,
        columns=[
            Column("code", _("No."), sort="pk", link=lambda row: reverse("containment", args=[row.pk])),
            Column("why", _("Why"), value=words.why),
            Column("state", _("State"), sort="state", template="monitoring/_containment_state.html",
                   export=lambda row: row.get_state_display()),
            Column("asset", _("Machine"), sort="asset__name"),
            Column("line", _("Line"), sort="asset__line__name", value="asset.line"),
            Column("waiting", _("Waiting"), sort="waiting", align="right"),
            Column("parts", _("Parts"), sort="parts", align="right"),
            Column("opened_at", _("Opened"), sort="opened_at"),
        ],
        filters=[
            Choice("state", _("State"), ContainmentState.choices),
            Choice("line", _("Line"), lines, field="asset__line__slug"),
            Choice("trigger", _("What opened it"), Trigger.choices),
        ],
        search=["asset__name"],
        label=_("Parts in doubt"),
        empty=_("No parts are in doubt"),
        empty_text=_(
            "Parts come here by themselves when golden parts are not seen right, a machine goes back from a "
            "version, a version is called back, a sensor was at fault or an answer was wrong."
        ),
        filename="parts-in-doubt",
    )  # fmt: skip
    context = {
        "open": visible.filter(state=ContainmentState.OPEN).count(),
        "may_open": by.may("containment.open"),
    }
    return table.respond("monitoring/containments.html", context)


@require_safe
@signed_in
def containment(request: HttpRequest, pk: int) -> HttpResponseBase:
    by, shown = seen_by(request, pk)
    lots = Table(
        request,
        lots_of(shown),
        columns=[
            Column("lot", _("Lot"), sort="lot", value=lambda row: row.lot or _("without a lot"),
                   link=lambda row: _lot_url("containment_lot", shown, row.lot)),
            Column("waiting", _("Waiting"), sort="waiting", align="right"),
            Column("parts", _("Parts"), sort="parts", align="right"),
            Column("pulled", _("Pulled"), sort="pulled", align="right"),
            Column("missing", _("Not found"), align="right",
                   value=lambda row: None if row.pulled is None else row.missing),
            Column("pulled_by", _("Looked for by"), value=lambda row: row.pulled_by or "–"),
        ],
        search=["lot"],
        label=_("Lots"),
        empty=_("No part is known yet"),
        empty_text=_("Parts join as soon as the node has told of them."),
        filename=f"{shown.code}-lots",
    )  # fmt: skip
    verbs = [(verb, containment_verdict(by, shown, verb)) for verb in ("dispose", "bound", "widen", "close")]
    context: dict[str, Any] = {
        "containment": shown,
        "headline": words.headline(shown),
        "why": words.why(shown),
        "until_when": words.until_when(shown) if shown.grows else "",
        "reinspected": reinspected(shown),
        "missing": missing(shown),
        "may": dict(verbs),
        "dispositions": shown.dispositions.select_related("by")[:HISTORY],
        "story": [
            {"at": one.at, "text": sentence(one), "tone": "info", "tag": ""}
            for one in events(subject=("containment", str(shown.pk)))[:HISTORY]
        ],
        "export": reverse("containment_export", args=[shown.pk]),
    }
    return lots.respond("monitoring/containment.html", context)


def _lot_url(name: str, shown: Containment, lot: str) -> str:
    return f"{reverse(name, args=[shown.pk])}?{urlencode({'lot': lot})}"


def lot_of(request: HttpRequest, shown: Containment) -> ContainmentLot:
    """The lot that the address names."""
    return get_object_or_404(lots_of(shown), lot=request.GET.get("lot", ""))


def _found_words(row: ContainmentPart) -> str:
    one = row.prediction
    if not one.truth or one.truth_source != "inspection" or one.truth_at is None:
        return "–"
    return one.version.model.class_words(one.truth)


def columns(shown: Containment) -> list[Column]:
    """A part: what was said, what was found since, what became of it."""
    return [
        Column("part_id", _("Part"), sort="part_id",
               link=lambda row: reverse("containment_part", args=[shown.pk, row.pk])),
        Column("lot", _("Lot"), sort="lot", value=lambda row: row.lot or "–"),
        Column("at", _("Judged"), value="prediction.at"),
        Column("said", _("The model said"),
               value=lambda row: row.prediction.version.model.class_words(row.prediction.label)),
        Column("found", _("Inspection found"), value=_found_words),
        Column("became", _("Decision"),
               value=lambda row: row.disposition.get_kind_display() if row.disposition else _("waits")),
        Column("by", _("Signed by"), value=lambda row: row.disposition.by if row.disposition else "–"),
    ]  # fmt: skip


@require_safe
@signed_in
def lot(request: HttpRequest, pk: int) -> HttpResponseBase:
    by, shown = seen_by(request, pk)
    row = lot_of(request, shown)
    table = Table(
        request,
        parts_of(shown, row.lot),
        columns=[one for one in columns(shown) if one.key != "lot"],
        filters=[Choice("waits", _("Decision"), [(True, _("waits")), (False, _("signed"))],
                        field="disposition__isnull")],
        search=["part_id"],
        label=_("Parts"),
        filename=f"{shown.code}-{row.lot or 'no-lot'}",
    )  # fmt: skip
    context = {
        "containment": shown,
        "row": row,
        "words": words.lot_words(row.lot),
        "reinspected": reinspected(shown, row.lot),
        "may": {verb: containment_verdict(by, shown, verb) for verb in ("pull", "dispose")},
        "query": urlencode({"lot": row.lot}),
    }
    return table.respond("monitoring/containment_lot.html", context)


@require_safe
@signed_in
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All its parts as CSV."""
    _by, shown = seen_by(request, pk)
    rows = parts_of(shown).order_by("lot", "pk").iterator(chunk_size=2000)
    return csv_response(request, columns(shown), rows, shown.code)


@require_safe
@signed_in
def label(request: HttpRequest, pk: int) -> HttpResponse:
    """What is hung on the box: held, why, which parts, and a code that opens the page of the lot."""
    import segno  # here: few people print a label

    _by, shown = seen_by(request, pk)
    row = lot_of(request, shown)
    address = request.build_absolute_uri(_lot_url("containment_lot", shown, row.lot))
    code = segno.make(address, error="m").svg_inline(
        border=2, dark="#000", light="#fff", svgclass="label-qr", lineclass=None, omitsize=True
    )
    parts = list(parts_of(shown, row.lot).values_list("part_id", flat=True)[: ON_A_LABEL + 1])
    context = {
        "containment": shown,
        "row": row,
        "words": words.lot_words(row.lot),
        "why": words.why(shown),
        "parts": parts[:ON_A_LABEL],
        "more": max(0, row.parts - ON_A_LABEL),
        "code": mark_safe(code),  # noqa: S308 - segno's own drawing of our own address
    }
    return render(request, "monitoring/containment_label.html", context)
