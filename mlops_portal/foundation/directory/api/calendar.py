"""Shifts and closed days."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from mlops_portal.foundation.directory.api.base import Things, gone
from mlops_portal.foundation.directory.filters import ClosedDayFilter, ShiftFilter
from mlops_portal.foundation.directory.selectors.calendar import closed_days_for, shifts_for
from mlops_portal.foundation.directory.serializers.calendar import ClosedDaySerializer, ShiftSerializer
from mlops_portal.foundation.plant.models import ClosedDay, Shift
from mlops_portal.foundation.plant.services.calendar import (
    closed_day_add,
    closed_day_remove,
    shift_remove,
    shift_set,
)


class Shifts(Things):
    view_action = "plant.view"
    queryset = Shift.objects.all()
    serializer_class = ShiftSerializer
    filterset_class = ShiftFilter
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[Shift]:
        return shifts_for(person=self.person)

    def create(self, request: Request) -> Response:
        """Make a shift, or change the hours of the one that has this name at the site."""
        given = self.parsed()
        return self.shown(shift_set(by=self.person, **({"weekdays": "1234567"} | given)))

    def destroy(self, request: Request, pk: int) -> Response:
        shift_remove(by=self.person, shift=self.get_object())
        return gone()


class ClosedDays(Things):
    view_action = "plant.view"
    queryset = ClosedDay.objects.all()
    serializer_class = ClosedDaySerializer
    filterset_class = ClosedDayFilter
    lookup_field = ordering = "pk"

    def visible(self) -> QuerySet[ClosedDay]:
        return closed_days_for(person=self.person)

    def create(self, request: Request) -> Response:
        return self.shown(closed_day_add(by=self.person, **self.parsed()))

    def destroy(self, request: Request, pk: int) -> Response:
        closed_day_remove(by=self.person, closed=self.get_object())
        return gone()
