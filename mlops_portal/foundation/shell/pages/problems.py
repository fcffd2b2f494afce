"""One way to say what went wrong: as a page, as a part of a page, or as problem+json (RFC 9457).

- Programs get ``application/problem+json``: type, title, status, detail, instance, and ``errors`` by field.
- htmx gets a notice for the message area, with the true status; live.js puts it there.
- People get the page ``<status>.html``.
- What is not a mendable error says nothing of the inside: a request id, under which the log has the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.pages.next_page import page_above
from mlops_portal.foundation.wire.errors import PortalError, Unavailable

CONTENT_TYPE = "application/problem+json"
DATABASE_IS_DOWN = (OperationalError, InterfaceError)
BROKER_IS_DOWN = (("redis.exceptions", "ConnectionError"), ("redis.exceptions", "TimeoutError"),
                  ("kombu.exceptions", "OperationalError"))  # fmt: skip
log = structlog.get_logger(__name__)


def type_of(code: str) -> str:
    """The problem's identifier; stable, and not an address, because hosts change."""
    return f"urn:mlops-portal:problem:{code}"


def title_of(status: int) -> str:
    """A few words in the reader's language."""
    titles = {
        400: _("This request cannot be understood"),
        401: _("Sign in first"),
        403: _("This is not allowed"),
        404: _("There is no such page"),
        405: _("This cannot be done here"),
        406: _("This form of answer does not exist"),
        409: _("Somebody was first"),
        413: _("This is too large"),
        415: _("This kind of content is not taken"),
        422: _("What was sent does not fit"),
        429: _("Too many requests"),
        500: _("The portal has a fault"),
        503: _("A part of the portal does not answer"),
    }
    return titles.get(status) or HTTPStatus(status).phrase


def request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def wants_json(request: HttpRequest) -> bool:
    """Below /api/ always; elsewhere when the program asks for JSON rather than HTML."""
    if is_api(request):
        return True
    accepts = request.get_preferred_type(["text/html", "application/json", CONTENT_TYPE])
    return accepts in ("application/json", CONTENT_TYPE)


def document(
    request: HttpRequest, *, status: int, code: str, detail: str, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The members of RFC 9457, and ``extra``."""
    return {
        "type": type_of(code),
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "instance": request.path,
        **(extra or {}),
    }


def answer(
    request: HttpRequest, *, status: int, code: str, detail: str, extra: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The same problem for a program, for a part of a page, or for a person."""
    response: HttpResponse
    if wants_json(request):
        body = document(request, status=status, code=code, detail=detail, extra=extra)
        response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    else:
        context = {
            "status": status,
            "title": title_of(status),
            "sentence": detail,
            "request_id": (extra or {}).get("request_id", ""),
            "belongs": (extra or {}).get("belongs", ""),
        }
        if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true":
            response = HttpResponse(render_to_string("shell/_problem.html", context), status=status)
            response["HX-Retarget"] = "#messages"
            response["HX-Reswap"] = "beforeend"
        else:
            response = HttpResponse(_page(request, status, context), status=status)
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = "10"
    return response


def _page(request: HttpRequest, status: int, context: dict[str, Any]) -> str:
    """The status's own page, else the nearest; without the request where the database may be the fault."""
    names = [f"{status}.html", f"{400 if status < 500 else 500}.html"]
    try:
        return render_to_string(names, context, request if status < 500 else None)
    except TemplateDoesNotExist:
        return render_to_string("shell/problem.html", context)


def not_here(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: the address takes other methods; with a link to the page where it belongs (RFC 9110, 15.5.6)."""
    detail = _("This address only takes what a form or a program sends to it; there is no page to look at.")
    where = page_above(request.path)
    response = answer(request, status=405, code="method-not-allowed", detail=detail, extra={"belongs": where})
    response["Allow"] = allowed
    return response


def of_exception(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The answer to what a view, or a part below it, raised."""
    if isinstance(error, PortalError):
        return answer(
            request,
            status=error.status,
            code=error.code,
            detail=error.sentence,
            extra={name: str(value) for name, value in error.details.items()},
        )
    if is_down(error):
        log.error("part_is_down", error=str(error), kind=type(error).__name__)
        return answer(request, status=503, code=Unavailable.code, detail=down_sentence(error))
    log.error("unforeseen", exc_info=error)
    return answer(
        request,
        status=500,
        code="fault",
        detail=_(
            "Nothing of this request was kept. The fault was recorded; try again or ask your administrator."
        ),
        extra={"request_id": request_id()},
    )


def is_down(error: BaseException) -> bool:
    """Whether database or broker do not answer. A client that was never loaded raised nothing."""
    loaded = [getattr(sys.modules[module], name) for module, name in BROKER_IS_DOWN if module in sys.modules]
    return isinstance(error, (*DATABASE_IS_DOWN, *loaded))


def down_sentence(error: BaseException) -> str:
    if isinstance(error, DATABASE_IS_DOWN):
        return _(
            "The database does not answer at the moment; nothing of this request was kept. Try again soon."
        )
    return _("The message broker does not answer at the moment; try again soon.")
