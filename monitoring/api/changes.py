"""What people changed at a machine."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.readings import OnLines
from monitoring.filters.changes import ChangeFilter
from monitoring.models import (
    ProcessChange,
)
from monitoring.serializers.changes import ChangeSerializer
from monitoring.services.changes import change_record


class Changes(OnLines):
    queryset = ProcessChange.objects.order_by("-at", "-id")
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    ordering = ("-at", "-id")

    def visible(self) -> QuerySet[ProcessChange]:
        return self.queryset.filter(asset__line__in=self.lines).select_related("asset")

    def create(self, request: Request) -> Response:
        change, _undo = change_record(by=self.person, **self.parsed())
        return self.shown(change)
