"""My PIN and my badge, for the tablets at the line."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mlops_portal.foundation.directory.forms.tablets import PinForm
from mlops_portal.foundation.directory.selectors.people import people_for
from mlops_portal.foundation.plant.models import Badge, Pin
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.services.pins import WRONG_AT_ALL, badge_set, pin_end, pin_set
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@never_cache
@sensitive_post_parameters("pin", "again", "badge")
@require_http_methods(["GET", "POST"])
@signed_in
@reauthentication_required
def pin(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "pin.set")
    held, badge = Pin.objects.filter(person=by).first(), Badge.objects.filter(person=by).first()

    def do(given: dict[str, Any]) -> HttpResponse:
        with transaction.atomic():
            if given["pin"]:
                pin_set(by=by, pin=given["pin"])
            if given["badge"]:
                badge_set(by=by, code=given["badge"])
        messages.success(request, _("Saved. On a tablet of your line, scan your badge or tap your name."))
        return redirect("pin")

    return form_page(
        request,
        PinForm(request.POST or None, has_pin=held is not None),
        do,
        template="directory/pin.html",
        title=_("PIN and badge"),
        lead=_("With them you take over a shared tablet at your line. Nowhere else do they let anybody in."),
        submit=_("Save"),
        back=reverse("mfa_index"),
        back_label=_("Security"),
        held=held,
        badge=badge,
        closed=held is not None and held.wrong >= WRONG_AT_ALL,
    )


@require_POST
@signed_in
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One's own, or as somebody who may let the person leave."""
    by = person_of(request)
    person = get_object_or_404(people_for(person=by), pk=pk)
    pin_end(by=by, person=person)
    messages.success(request, _("PIN and badge of %(name)s open no tablet any more.") % {"name": person})
    return redirect("mfa_index") if person.pk == by.pk else redirect("person", person.pk)
