"""What Django itself refuses, said in our way. The root URLs name these as their handlers."""

from __future__ import annotations

import sys

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.pages import kept_input, problems
from mlops_portal.foundation.shell.pages.signed_in import sign_in_first


def bad_request(request: HttpRequest, exception: BaseException) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        detail = _("What was sent is larger than the portal takes; send less at once.")
        return problems.answer(request, status=413, code="too-large", detail=detail)
    detail = _("The portal could not read this request; go back, load the page again and repeat it.")
    return problems.answer(request, status=400, code="bad-request", detail=detail)


def forbidden(request: HttpRequest, exception: BaseException) -> HttpResponse:
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    detail = reason or _(
        "Your roles do not include this. Whoever looks after people can give you another role."
    )
    return problems.answer(request, status=403, code="not-allowed", detail=detail)


def not_found(request: HttpRequest, exception: BaseException) -> HttpResponse:
    detail = _("Nothing is here, or nothing that you may see. Check the address, or search for it.")
    return problems.answer(request, status=404, code="not-found", detail=detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """Also for what outer middleware raised, such as a session that finds no database."""
    error = sys.exc_info()[1]
    if error is not None:
        return problems.of_exception(request, error)
    detail = _("The fault was recorded; try again or ask your administrator.")
    return problems.answer(request, status=500, code="fault", detail=detail)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is older than the sign-in: where it was made for this very person, or for one who is signed
    out by now, it comes back filled in."""
    owner = kept_input.owner_of(request.POST)
    if owner is not None and (not request.user.is_authenticated or owner == str(request.user.pk)):
        return sign_in_first(request)
    detail = _(
        "This form is too old or was opened before you signed in; nothing was changed. "
        "Go back, load the page again and repeat it."
    )
    return problems.answer(request, status=403, code="csrf", detail=detail)
