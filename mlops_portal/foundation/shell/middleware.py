"""What happens around every request."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.plant.matrix import AT_TABLET
from mlops_portal.foundation.plant.models import Person, Tablet
from mlops_portal.foundation.plant.policies import not_at_tablet
from mlops_portal.foundation.shell.idempotency import answer_once
from mlops_portal.foundation.shell.pages import problems, standing
from mlops_portal.foundation.shell.pages.next_page import with_query
from mlops_portal.foundation.shell.registries import at_tablet

GetResponse = Callable[[HttpRequest], HttpResponse]
DJANGOS_OWN = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError)


def zone_of(person: Person) -> zoneinfo.ZoneInfo:
    """The person's own time zone, else that of the site where they have their first role."""
    name = person.time_zone or next((held.site.time_zone for held in person.assignments), "UTC")
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


class TabletMiddleware:
    """Shared tablets: who stands there is told to the policies, and only what is meant for them answers.

    Two locks, each of which holds alone: the matrix (``Person.tablet``), which services and pages ask, and
    the names of the addresses that are open there (``registries.at_tablet``), whatever a guard says.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tablet = standing.tablet_of(request)
        request.tablet = tablet  # type: ignore[attr-defined]  # for pages and for what follows
        person = request.user
        if standing.SESSION in request.session:
            if standing.is_over(request, tablet) or not isinstance(person, Person):
                logout(request)
            else:
                person.tablet, person.token_scopes = tablet, AT_TABLET
                standing.note_touch(request)
        elif tablet is not None and person.is_authenticated:
            logout(request)  # a session that can do everything does not live where everybody stands
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        tablet: Tablet | None = request.tablet  # type: ignore[attr-defined]  # set above
        name = request.resolver_match.view_name if request.resolver_match else ""
        if tablet is None or name in at_tablet.OPEN:
            return None
        if request.user.is_authenticated:
            return problems.answer(request, status=403, code="not-at-a-tablet", detail=not_at_tablet())
        if name in at_tablet.WAYS_IN:
            after = request.GET.get("next", "")
            return redirect(with_query(reverse("tablet"), next=after) if after else reverse("tablet"))
        return None


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
        way = "api" if problems.is_api(request) else "page"
        if isinstance(person, Person) and person.tablet is not None:
            way = "tablet"
        with channel(way):
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
