"""Asking for parts by chance, so that the measure of now narrows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labeling.selectors.now import where_to_ask
from labeling.services import requests_ask
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.registry.selectors import champion_of, versions_all
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.wire.errors import Invalid


@require_POST
@signed_in
def ask(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    by = person_of(request)
    guard(by, "label.ask")
    version = get_object_or_404(versions_all(), model__slug=slug, number=number)
    given = request.POST.get("count", "")
    if not given.isascii() or not given.isdecimal() or len(given) > 4:
        raise Invalid(_("Say how many parts, as a whole number."))
    place = where_to_ask(by, version.model, request.POST.get("asset", ""))
    job = requests_ask(
        by=by,
        alert=place.alert,
        version=champion_of(version.model) or version,
        line=place.line,
        count=int(given),
        by_chance=True,
    )
    return redirect("job", pk=job.pk)
