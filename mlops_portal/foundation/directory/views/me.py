"""My own page, under an address that everybody can remember."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_safe
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    return redirect("person", person_of(request).pk)
