"""The plant as a picture, and one line of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.directory.forms.places import LineForm
from mlops_portal.foundation.directory.selectors.board import board_for
from mlops_portal.foundation.directory.selectors.history import lately
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.calendar import shifts_at
from mlops_portal.foundation.plant.selectors.places import assets_for, lines_for, nodes_for
from mlops_portal.foundation.plant.services.places import line_create
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries.actions import offers_for
from mlops_portal.foundation.shell.registries.flags import flagged


@require_safe
@signed_in
def plant(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.view")
    now = timezone.now()
    context = {"sites": board_for(person=by, now=now), "now": now, "may_edit": by.may("plant.edit")}
    context["may_pair"] = by.may("tablet.pair")
    part = "#board" if request.headers.get("HX-Request") else ""
    return render(request, f"directory/plant.html{part}", context)


@require_safe
@signed_in
def line(request: HttpRequest, slug: str) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.view")
    shown = get_object_or_404(lines_for(person=by), slug=slug)
    now = timezone.now()
    context = {
        "line": shown,
        "offers": offers_for(by, shown),
        "assets": flagged(assets_for(person=by).filter(line=shown).order_by("name")),
        "nodes": flagged(nodes_for(person=by).filter(line=shown).order_by("name")),
        "shift": shifts_at(lines=[shown], when=now)[shown.pk],
        "history": lately(shown.ref(), person=by),
    }
    return render(request, "directory/line.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def line_add(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "plant.edit")

    def do(given: dict[str, Any]) -> HttpResponse:
        made = line_create(by=by, **given)
        messages.success(request, _("%(line)s was added.") % {"line": made})
        return redirect("line", made.slug)

    return form_page(
        request,
        LineForm(request.POST or None, by=by),
        do,
        template="directory/form.html",
        title=_("Add a line"),
        submit=_("Add the line"),
        back=reverse("plant"),
        back_label=_("Plant"),
    )
