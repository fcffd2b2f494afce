"""Who calls."""

from __future__ import annotations

from rest_framework.request import Request

from mlops_portal.foundation.plant.models import Person


def person_of(request: Request) -> Person:
    """Whoever is behind the session or the token; permission classes have let only people in."""
    if not isinstance(request.user, Person):
        raise TypeError("this view needs IsAuthenticated")
    return request.user
