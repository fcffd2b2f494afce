"""Shifts and closed days of the sites that a person sees."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mlops_portal.foundation.plant.models import ClosedDay, Person, Shift
from mlops_portal.foundation.plant.selectors.places import lines_for, sites_for


def shifts_for(*, person: Person) -> QuerySet[Shift]:
    return Shift.objects.filter(site__in=sites_for(person=person)).select_related("site")


def closed_days_for(*, person: Person) -> QuerySet[ClosedDay]:
    """Of whole sites, and of the lines that the person sees."""
    return (
        ClosedDay.objects.filter(site__in=sites_for(person=person))
        .filter(Q(line=None) | Q(line__in=lines_for(person=person)))
        .select_related("site", "line")
    )
