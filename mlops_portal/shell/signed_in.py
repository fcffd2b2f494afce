"""Who is not signed in goes to sign in; a part of a page says so instead of showing a form inside itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from mlops_portal.plant.models import Person
from mlops_portal.shell import problems

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> View[P]:
    """For views; the person is ``request.user``."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request") == "true" or problems.wants_json(request):
            detail = _("You are not signed in any more. Load the page again to sign in.")
            return problems.answer(request, status=401, code="not-signed-in", detail=detail)
        return redirect_to_login(request.get_full_path())

    return guarded


def person_of(request: HttpRequest) -> Person:
    """The person behind ``signed_in``, for the type checker and for those who forget the decorator."""
    if not isinstance(request.user, Person):
        raise TypeError("this view needs @signed_in")
    return request.user
