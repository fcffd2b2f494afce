"""What people changed at a machine."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.changes.filters import ChangeFilter
from monitoring.changes.serializers import ChangeSerializer
from monitoring.changes.services import change_record
from monitoring.intake.api import OnLines
from monitoring.models import (
    ProcessChange,
)


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
