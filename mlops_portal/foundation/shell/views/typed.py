"""Back at a form whose session had ended, with what was typed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mlops_portal.foundation.shell.pages import kept_input
from mlops_portal.foundation.shell.pages.next_page import BACK, with_query
from mlops_portal.foundation.shell.pages.signed_in import person_of, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def typed(request: HttpRequest, name: str) -> HttpResponse:
    """GET goes on to the form, for the person who typed; POST drops what was kept."""
    entry = kept_input.kept_for(person_of(request), name)
    if request.method == "POST":
        kept_input.forget(name)
        messages.success(request, _("What was typed is dropped."))
        return redirect(entry.page if entry else "home")
    if entry is None:
        messages.warning(
            request,
            _("What was typed is not here any more: it is kept for half an hour, for its person alone."),
        )
        return redirect("home")
    return redirect(with_query(entry.page, **{BACK: name}))
