"""What a model may decide alone: the promise, set by a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from edge_sync.forms import AskZoneForm
from mlops_portal.foundation.plant.policies import demand, guard
from mlops_portal.foundation.registry.models import AskZone
from mlops_portal.foundation.registry.policies import sites_verdict
from mlops_portal.foundation.registry.selectors import models_all, sites_of
from mlops_portal.foundation.registry.services import ask_zone_end, ask_zone_set
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in

USUAL = {"wrong": 2.0, "certainty": 95.0}


@require_http_methods(["GET", "POST"])
@signed_in
def alone(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the promise, or end it (button ``end``)."""
    by = person_of(request)
    guard(by, "model.view")
    model = get_object_or_404(models_all(), slug=slug)
    demand(sites_verdict(by, "ask_zone.set", sites_of(model.asset_type)))
    zone = AskZone.objects.filter(model=model).first()
    now = {"wrong": 100 * zone.wrong_share, "certainty": 100 * zone.certainty} if zone else USUAL
    form = AskZoneForm(request.POST or None, initial={name: round(value, 3) for name, value in now.items()})

    def do(given: dict[str, Any]) -> HttpResponse:
        if "end" in request.POST:
            ask_zone_end(by=by, model=model, reason=given["reason"])
            messages.success(request, _("Versions trained from now on decide every part alone."))
        else:
            ask_zone_set(
                by=by,
                model=model,
                wrong_share=round(given["wrong"] / 100, 6),
                certainty=round(given["certainty"] / 100, 6),
                reason=given["reason"],
            )
            messages.success(request, _("It holds for the versions that are trained from now on."))
        return redirect("model", model.slug)

    return form_page(request, form, do, template="edge_sync/alone.html", model=model, zone=zone)
