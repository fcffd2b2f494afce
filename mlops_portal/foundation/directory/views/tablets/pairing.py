"""The administrator's page: which tablets are paired, a code for a new one, and the end of one."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mlops_portal.foundation.directory.forms.tablets import TabletForm
from mlops_portal.foundation.directory.views.signin.sessions import device_of
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.plant.selectors.tablets import tablets_for
from mlops_portal.foundation.plant.services.tablets import tablet_announce, tablet_unpair
from mlops_portal.foundation.shell.pages.form_page import form_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def tablets(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "tablet.pair")
    now = timezone.now()
    rows = [
        {"tablet": one, "device": device_of(one.agent) if one.paired_at else ""}
        for one in tablets_for(person=by)
        if one.paired_at or one.code_until > now
    ]
    return render(request, "directory/tablets.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def announce(request: HttpRequest) -> HttpResponse:
    by = person_of(request)
    guard(by, "tablet.pair")

    def do(given: dict[str, Any]) -> HttpResponse:
        tablet, code = tablet_announce(by=by, line=given["line"], name=given["name"])
        context = {"tablet": tablet, "code": code, "address": request.build_absolute_uri(reverse("tablet"))}
        return render(request, "directory/tablet_announced.html", context, status=201)

    return form_page(
        request,
        TabletForm(request.POST or None, by=by),
        do,
        template="directory/form.html",
        title=_("Pair a tablet"),
        lead=_("You get a code. Typed on the tablet within 15 minutes, it makes it the tablet of this line."),
        submit=_("Make the code"),
        back=reverse("tablets"),
        back_label=_("Tablets"),
    )


@require_POST
@signed_in
def unpair(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    by = person_of(request)
    guard(by, "tablet.pair")
    tablet = get_object_or_404(tablets_for(person=by), pk=pk)
    tablet_unpair(by=by, tablet=tablet)
    messages.success(request, _("%(name)s is no tablet of the line any more.") % {"name": tablet})
    return redirect("tablets")
