"""What lists of what nodes sent can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from mlops_portal.foundation.wire.parts import part_id
from monitoring.models import (
    Quarantined,
    TelemetryBatch,
    UnapprovedRun,
    Window,
)


class PartFilter(filters.CharFilter):
    """A part's id, however it is written."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        narrowed: QuerySet[Any] = super().filter(qs, part_id(value))
        return narrowed


class OfAsset(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    since = filters.IsoDateTimeFilter(field_name="starts", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="starts", lookup_expr="lt")


class WindowFilter(OfAsset):
    class Meta:
        model = Window
        fields = ["lot", "recipe", "shift"]


class BatchFilter(filters.FilterSet):
    node = filters.CharFilter(field_name="node__slug")

    class Meta:
        model = TelemetryBatch
        fields = ["state"]


class SetAsideFilter(filters.FilterSet):
    node = filters.CharFilter(field_name="node__slug")
    asset = filters.CharFilter(field_name="asset_slug")
    part = PartFilter(field_name="part_id")
    check = filters.CharFilter(field_name="check_key")
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Quarantined
        fields = ["sort"]


class UnapprovedRunFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    node = filters.CharFilter(field_name="node__slug")
    line = filters.CharFilter(field_name="asset__line__slug")
    ended = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = UnapprovedRun
        fields = ["artifact"]
