"""What happens around every request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.idempotency import answer_once
from mlops_portal.foundation.shell.pages import problems

GetResponse = Callable[[HttpRequest], HttpResponse]
DJANGOS_OWN = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError)


def zone_of(person: Person) -> zoneinfo.ZoneInfo:
    """The person's own time zone, else that of the site where they have their first role."""
    name = person.time_zone or next((held.site.time_zone for held in person.assignments), "UTC")
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


class PersonMiddleware:
    """The person's language and time zone, the log's fields, and the channel that events are recorded under.

    Synchronous on purpose: views and the ORM are, and one synchronous link lets Django run the whole chain in
    one thread instead of crossing over at every link.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        with channel("api" if problems.is_api(request) else "page"):
            if not isinstance(person, Person):
                return self.get_response(request)
            structlog.contextvars.bind_contextvars(person=str(person.pk))
            language = translation.get_supported_language_variant(person.language)
            with translation.override(language), timezone.override(zone_of(person)):
                request.LANGUAGE_CODE = language
                return self.get_response(request)


class ProblemMiddleware:
    """Errors that a person can mend, parts that are down, and addresses that take something else, as an
    answer of ours instead of a traceback or the browser's bare page."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return problems.not_here(request, response.headers.get("Allow", ""))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DJANGOS_OWN):
            return None  # views.errors.not_found and its kin
        mendable = isinstance(error, problems.PortalError) or problems.is_down(error)
        if mendable or problems.wants_json(request):
            return problems.of_exception(request, error)
        return None  # views.errors.server_error, after Django has logged it


class IdempotencyMiddleware:
    """POST below /api/ with an Idempotency-Key happens once."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST" or not problems.is_api(request):
            return self.get_response(request)
        return answer_once(request, key, self.get_response)
