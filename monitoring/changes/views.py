"""I changed the tool, lot, sensor or recipe: one tap says where and what, one more records it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.plant.models import Asset, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.places import lines_for
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.undo import offer_undo
from monitoring.changes.services import change_record
from monitoring.errors import NotAChange
from monitoring.models import Prediction, ProcessChange
from monitoring.models.process import ChangeKind

LATELY = 15
SIGNS = {
    ChangeKind.TOOL: "tool",
    ChangeKind.LOT: "lot",
    ChangeKind.SENSOR: "sensor",
    ChangeKind.RECIPE: "recipe",
}
KINDS = [{"key": kind.value, "label": kind.label, "sign": SIGNS[kind]} for kind in ChangeKind]


def _assets(by: Person) -> list[Asset]:
    guard(by, "change.record")
    lines = lines_for(person=by, action="change.record")
    return list(
        Asset.objects.filter(line__in=lines, retired_at=None)
        .select_related("line")
        .order_by("line__order", "name")
    )


@require_safe
@signed_in
def changes(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    assets = _assets(by)
    named = [one for one in assets if one.slug == request.GET.get("asset")]
    assets = named or assets
    lately = ProcessChange.objects.filter(asset__in=assets).select_related("asset", "by")[:LATELY]
    rows = [{"change": one, "sign": SIGNS.get(ChangeKind(one.kind), "edit")} for one in lately]
    return render(request, "monitoring/changes.html", {"assets": assets, "kinds": KINDS, "rows": rows})


@require_http_methods(["GET", "POST"])
@signed_in
def change(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """GET asks for the second tap, with the value where somebody wants to add it; POST records."""
    by = person_of(request)
    guard(by, "change.record")
    lines = lines_for(person=by, action="change.record")
    asset = get_object_or_404(
        Asset.objects.filter(line__in=lines, retired_at=None).select_related("line"), slug=slug
    )
    if kind not in ChangeKind.values:
        raise NotAChange(_("A change is of tool, lot, sensor or recipe."))
    if request.method == "POST":
        made, token = change_record(by=by, asset=asset, kind=kind, value=request.POST.get("value", ""))
        words = {"kind": made.get_kind_display(), "asset": asset, "value": made.value}
        offer_undo(request, _("%(asset)s: %(kind)s %(value)s recorded.") % words, token)
        return redirect("changes")
    last = Prediction.objects.filter(asset=asset).order_by("-at").first()
    context = {
        "asset": asset,
        "kind": ChangeKind(kind),
        "sign": SIGNS[ChangeKind(kind)],
        "known": getattr(last, kind, "") if last else "",
    }
    return render(request, "monitoring/change.html", context)
