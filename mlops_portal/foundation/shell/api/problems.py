"""What the REST framework raises, as problem+json (RFC 9457); named in settings as its exception handler."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from mlops_portal.foundation.shell.pages import problems
from mlops_portal.foundation.wire.errors import PortalError

log = structlog.get_logger(__name__)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """None (the exception goes on to ProblemMiddleware) for what is not the caller's to mend."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    elif isinstance(error, PortalError):
        set_rollback()
        extra = {name: str(value) for name, value in error.details.items()}
        return _response(context, error.status, error.code, error.sentence, extra)
    elif isinstance(error, OverflowError | DataError):
        # what no field's limit foresaw: a moment outside the calendar, a number that no column holds
        log.warning("does_not_fit", error=str(error), kind=type(error).__name__)
        sentence = _("A number, a moment or a text of the request is larger than can be kept.")
        return _response(context, 422, "does-not-fit", sentence)
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    code = str(error.default_code).replace("_", "-")
    if isinstance(error, exceptions.ValidationError):
        faults = list(_errors(error.get_full_details(), "#"))
        detail = _("%(count)d parts of the request do not fit.") % {"count": len(faults)}
        if len(faults) == 1:
            detail = faults[0]["detail"]
        return _response(context, 422, "invalid", detail, {"errors": faults})
    response = _response(context, error.status_code, code, str(error.detail))
    if (header := getattr(error, "auth_header", None)) is not None:
        response["WWW-Authenticate"] = header
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def _errors(details: Any, pointer: str) -> Iterator[dict[str, str]]:
    """One entry a fault: a JSON pointer to the field, the sentence, the code."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"pointer": pointer, "detail": str(details["message"]), "code": str(details["code"])}
    elif isinstance(details, dict):
        for name, inside in details.items():
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield from _errors(inside, pointer if name == "non_field_errors" else f"{pointer}/{escaped}")
    else:
        for index, inside in enumerate(details):
            leaf = isinstance(inside, dict) and set(inside) == {"message", "code"}
            yield from _errors(inside, pointer if leaf else f"{pointer}/{index}")


def _response(
    context: dict[str, Any], status: int, code: str, detail: str, extra: dict[str, Any] | None = None
) -> Response:
    body = problems.document(context["request"], status=status, code=code, detail=detail, extra=extra)
    return Response(body, status=status, content_type=problems.CONTENT_TYPE)
