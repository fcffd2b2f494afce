"""Who is not signed in goes to sign in; what they typed comes back to them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.pages import kept_input, problems
from mlops_portal.foundation.shell.pages.next_page import BACK, page_of, with_query

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> View[P]:
    """For views; the person is ``request.user``."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            response = view(request, *args, **kwargs)
            if request.method == "POST" and response.status_code < 400 and BACK in request.POST:
                kept_input.forget(request.POST[BACK])
            return response
        if problems.wants_json(request) or (is_part(request) and request.method != "POST"):
            detail = _("You are not signed in any more. Load the page again to sign in.")
            return problems.answer(request, status=401, code="not-signed-in", detail=detail)
        if request.method == "POST":
            return sign_in_first(request)
        return redirect_to_login(request.get_full_path())

    return guarded


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """What came is kept, and its person is sent to sign in, or, where they are signed in again by now,
    straight back to the form. Nothing is done with it."""
    typed = kept_input.keep(request)
    person = request.user if isinstance(request.user, Person) else None
    if person is not None:
        return _go(request, with_query(page_of(request), **{BACK: typed}) if typed else page_of(request))
    if typed:  # the page of signing in says so
        after = reverse("typed", args=[typed])
    else:
        messages.warning(
            request, _("You were signed out, and nothing was saved. Sign in and enter it again.")
        )
        after = page_of(request)
    return _go(request, redirect_to_login(after).url)


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if not is_part(request):
        return redirect(url)
    response = HttpResponse(status=401)  # htmx follows the header whatever the status
    response["HX-Redirect"] = url
    return response


def person_of(request: HttpRequest) -> Person:
    """The person behind ``signed_in``, for the type checker and for those who forget the decorator."""
    if not isinstance(request.user, Person):
        raise TypeError("this view needs @signed_in")
    return request.user
