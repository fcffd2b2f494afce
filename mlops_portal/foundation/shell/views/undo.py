"""Take back what was just done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mlops_portal.foundation.shell.pages.next_page import next_page
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in
from mlops_portal.foundation.shell.registries import undo


@require_POST
@signed_in
def undo_last(request: HttpRequest) -> HttpResponse:
    undo.run(by=person_of(request), token=request.POST.get("token", ""))
    messages.info(request, _("Undone."))
    return redirect(next_page(request, "home"))
