"""The tablet itself: paired by a code, taken over by a badge or a name and a PIN, given back."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from mlops_portal.foundation.directory.adapter import ACCOUNT, seconds_to_wait, too_often
from mlops_portal.foundation.plant.errors import BadgeUnknown, CodeUnusable, PinClosed, WrongPin
from mlops_portal.foundation.plant.models import Person, Tablet
from mlops_portal.foundation.plant.policies import take_verdict
from mlops_portal.foundation.plant.selectors.tablets import people_at, person_of_badge
from mlops_portal.foundation.plant.services.tablets import tablet_pair, tablet_take
from mlops_portal.foundation.shell.pages import problems
from mlops_portal.foundation.shell.pages.next_page import safe_url, with_query
from mlops_portal.foundation.shell.pages.standing import COOKIE, YEAR, stand
from mlops_portal.foundation.wire.errors import NotFound, PortalError

GUESSES = {"tablet": "10/5m/ip"}  # wrong codes from one address


def _tablet(request: HttpRequest) -> Tablet | None:
    return getattr(request, "tablet", None)


def _after(request: HttpRequest) -> str:
    return safe_url(request, request.POST.get("next") or request.GET.get("next", ""), "home")


@require_safe
@never_cache
def tablet(request: HttpRequest) -> HttpResponse:
    """Who is here? On a browser that is no tablet yet, the field for the code."""
    return _page(request)


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    here = _tablet(request)
    context: dict[str, Any] = {"tablet": here, "problem": problem, "after": _after(request)}
    if here is None:
        return render(request, "directory/tablet_pair.html", context, status=status)
    return render(
        request, "directory/tablet.html", {**context, "people": people_at(tablet=here)}, status=status
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest) -> HttpResponse:
    """The code makes this browser the tablet of a line; who was signed in on it is not any more."""
    if request.method != "POST" or _tablet(request) is not None:
        return redirect("tablet")
    wait = seconds_to_wait(request, action="tablet", key="", config=GUESSES)
    if wait:
        return _page(request, too_often(wait), 429)
    try:
        _made, secret = tablet_pair(
            code=request.POST.get("code", ""), agent=request.headers.get("User-Agent", "")
        )
    except CodeUnusable as error:
        ratelimit.consume(request, app=ACCOUNT, action="tablet", config=GUESSES, key="", limit_get=True)
        return _page(request, error.sentence, error.status)
    logout(request)
    response = redirect("tablet")
    response.set_cookie(
        COOKIE, secret, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def badge(request: HttpRequest) -> HttpResponse:
    """What the scanner typed: to the PIN of its person, or a sentence that says why not."""
    here = _tablet(request)
    if request.method != "POST" or here is None:
        return redirect("tablet")
    try:
        person = _of_badge(here, request.POST.get("code", ""))
    except PortalError as error:
        if problems.wants_json(request):
            raise
        return _page(request, error.sentence, error.status)
    if request.user.is_authenticated and request.user.pk != person.pk:
        logout(request)  # somebody else is here now
    url = with_query(reverse("tablet_as", args=[person.pk]), next=_after(request))
    return JsonResponse({"url": url}) if problems.wants_json(request) else redirect(url)


def _of_badge(here: Tablet, code: str) -> Person:
    person = person_of_badge(code)
    if person is None:
        raise BadgeUnknown(
            _("This code is no badge that is known here. Tap your name, or scan your badge once on your page "
              "“PIN and badge”.")
        )  # fmt: skip
    if person not in people_at(tablet=here):
        allowed = take_verdict(person, here.line)
        no_pin = _("%(name)s has no PIN yet; set one on the page “PIN and badge”.") % {"name": person}
        raise BadgeUnknown(allowed.reason or no_pin)
    return person


@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def stand_as(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The PIN of a person who may work here."""
    here = _tablet(request)
    if here is None:
        return redirect("tablet")
    person = next((one for one in people_at(tablet=here) if one.pk == pk), None)
    if person is None:
        raise NotFound(_("Nobody of this name takes over this tablet."))
    context: dict[str, Any] = {"tablet": here, "who": person, "after": _after(request)}
    if request.method != "POST":
        return render(request, "directory/tablet_pin.html", context)
    try:
        until, pin_set = tablet_take(tablet=here, person=person, pin=request.POST.get("pin", ""))
    except (WrongPin, PinClosed) as error:
        context["problem"] = error.sentence
        return render(request, "directory/tablet_pin.html", context, status=error.status)
    stand(request, here, person, until=until, pin_set=pin_set)
    return redirect(_after(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest) -> HttpResponse:
    """Nobody stands here any more."""
    if request.method != "POST":
        return redirect("tablet")
    if _tablet(request) is not None:
        logout(request)
    return HttpResponse(status=204) if problems.wants_json(request) else redirect("tablet")
