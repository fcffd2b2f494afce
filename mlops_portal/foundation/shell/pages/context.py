"""What every template knows: ``nav``, ``nav_more``, ``person``, ``unread``, ``theme``, ``page_name``,
``floor`` (the person only operates), ``typed`` (what comes back into a form whose session had ended),
``typed_name``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.notices.notifications import unread_count
from mlops_portal.foundation.shell.pages.kept_input import kept_for
from mlops_portal.foundation.shell.pages.next_page import BACK
from mlops_portal.foundation.shell.registries.navigation import items_for, more_until


def page(request: HttpRequest) -> dict[str, Any]:
    """Computed once a request, and only where a template asks."""
    known = getattr(request, "_page_context", None)
    if known is None:
        known = request._page_context = _page(request)  # type: ignore[attr-defined]  # a cache of our own
    return known


def _page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)  # absent where an outer middleware failed
    person = user if isinstance(user, Person) else None
    match = request.resolver_match
    nav: Any = SimpleLazyObject(lambda: items_for(request)) if person else []
    typed = request.GET.get(BACK, "") if request.method == "GET" else ""
    return {
        "typed": kept_for(person, typed) if person and typed else None,
        "typed_name": typed,
        "person": person,
        "floor": SimpleLazyObject(lambda: person.on_floor) if person else False,
        "theme": person.theme if person else "system",
        "page_name": match.view_name if match else "",
        "nav": nav,
        "nav_more": SimpleLazyObject(lambda: more_until(nav)),
        "unread": SimpleLazyObject(lambda: unread_count(person=person)) if person else 0,
    }
