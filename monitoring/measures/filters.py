"""What lists of measures and their values can be narrowed by."""

from __future__ import annotations

import django_filters as filters

from monitoring.models import (
    Measure,
    MeasureValue,
)


class MeasureFilter(filters.FilterSet):
    line = filters.CharFilter(field_name="line__slug")
    asset = filters.CharFilter(field_name="asset__slug")
    ended = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Measure
        fields = ["kind", "key"]


class MeasureValueFilter(filters.FilterSet):
    measure = filters.CharFilter(field_name="measure__key")
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = MeasureValue
        fields = ["on"]
