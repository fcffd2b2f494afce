"""What was computed of windows."""

from __future__ import annotations

from django.db.models import QuerySet

from monitoring.drift.filters import StatisticFilter
from monitoring.drift.serializers import StatisticSerializer
from monitoring.intake.api import OnLines
from monitoring.models import (
    StatisticPoint,
)


class Statistics(OnLines):
    queryset = StatisticPoint.objects.order_by("-starts", "-id")
    serializer_class = StatisticSerializer
    filterset_class = StatisticFilter
    ordering = ("-starts", "-id")

    def visible(self) -> QuerySet[StatisticPoint]:
        return self.queryset.filter(asset__line__in=self.lines).select_related("asset", "version")
