"""What the list of alerts can be narrowed by."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Q, QuerySet

from monitoring.models import (
    Alert,
)


class AlertFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    line = filters.CharFilter(method="on_line")
    measure = filters.CharFilter(field_name="measure__key")

    class Meta:
        model = Alert
        fields = ["state", "kind", "cause"]

    def on_line(self, alerts: QuerySet[Alert], _name: str, slug: str) -> QuerySet[Alert]:
        return alerts.filter(Q(asset__line__slug=slug) | Q(measure__line__slug=slug))
