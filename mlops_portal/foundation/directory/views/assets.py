"""Machines: the list, one machine, adding, changing, retiring."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.foundation.directory.forms.places import AssetAddForm, AssetForm
from mlops_portal.foundation.directory.selectors.history import lately
from mlops_portal.foundation.directory.services.undo import asset_as_it_is
from mlops_portal.foundation.directory.views.tables import answer, asset_table
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.calendar import shifts_at
from mlops_portal.foundation.plant.selectors.places import assets_for
from mlops_portal.foundation.plant.services.places import asset_change, asset_create, asset_retire
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries import undo
from mlops_portal.foundation.shell.registries.actions import offers_for


@require_safe
@signed_in
def assets(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.view")
    table = asset_table(request, assets_for(person=by))
    return answer(table, "directory/assets.html", {"may_edit": by.may("plant.edit")})


@require_safe
@signed_in
def asset(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.view")
    shown = get_object_or_404(assets_for(person=by, retired=True), slug=slug)
    context = {
        "asset": shown,
        "offers": offers_for(by, shown),
        "shift": shifts_at(lines=[shown.line], when=timezone.now())[shown.line_id],
        "history": lately(shown.ref(), person=by),
    }
    return render(request, "directory/asset.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def add(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.edit")

    def do(given: dict[str, Any]) -> HttpResponse:
        made = asset_create(by=by, **given)
        messages.success(request, _("%(asset)s was added to %(line)s.") % {"asset": made, "line": made.line})
        return redirect("asset", made.slug)

    return form_page(
        request,
        AssetAddForm(request.POST or None, by=by, initial={"line": request.GET.get("line")}),
        do,
        template="directory/form.html",
        title=_("Add a machine"),
        submit=_("Add the machine"),
        back=reverse("assets"),
        back_label=_("Machines"),
    )


@require_http_methods(["GET", "POST"])
@signed_in
def change(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.view")
    asset = get_object_or_404(assets_for(person=by), slug=slug)
    guard(by, "plant.edit", line=asset.line)
    before = asset_as_it_is(asset)

    def do(given: dict[str, Any]) -> HttpResponse:
        changed = asset_change(by=by, asset=asset, **given)
        if asset_as_it_is(changed) != before:
            token = undo.token(by=by, name="directory.asset_changed", **before)
            undo.offer_undo(request, _("%(asset)s was changed.") % {"asset": changed}, token)
        return redirect("asset", changed.slug)

    return form_page(
        request,
        AssetForm(request.POST or None, by=by, initial={**before, "name": asset.name}),
        do,
        template="directory/form.html",
        title=_("Change %(asset)s") % {"asset": asset},
        submit=_("Save"),
        back=reverse("asset", args=[asset.slug]),
        back_label=asset.name,
    )


@require_POST
@signed_in
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.view")
    asset = get_object_or_404(assets_for(person=by, retired=True), slug=slug)
    asset_retire(by=by, asset=asset)
    messages.success(request, _("%(asset)s was retired.") % {"asset": asset})
    return redirect("assets")
