"""What lists of the API can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from mlops_portal.foundation.wire.parts import part_id
from monitoring.models import (
    Alert,
    DriftReport,
    Measure,
    MeasureValue,
    Prediction,
    ProcessChange,
    Quarantined,
    StatisticPoint,
    TelemetryBatch,
    UnapprovedRun,
    Window,
)


class WholeNumberFilter(filters.NumberFilter):
    field_class = forms.IntegerField


class PartFilter(filters.CharFilter):
    """A part's id, however it is written."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter(qs, part_id(value))
        return found


class OfAsset(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    since = filters.IsoDateTimeFilter(field_name="starts", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="starts", lookup_expr="lt")


class AlertFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    line = filters.CharFilter(method="on_line")
    measure = filters.CharFilter(field_name="measure__key")

    class Meta:
        model = Alert
        fields = ["state", "kind", "cause"]

    def on_line(self, found: QuerySet[Alert], _name: str, slug: str) -> QuerySet[Alert]:
        return found.filter(Q(asset__line__slug=slug) | Q(measure__line__slug=slug))


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


class WindowFilter(OfAsset):
    class Meta:
        model = Window
        fields = ["lot", "recipe", "shift"]


class StatisticFilter(OfAsset):
    class Meta:
        model = StatisticPoint
        fields = ["feature", "statistic"]


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


class PredictionFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    part = PartFilter(field_name="part_id")

    class Meta:
        model = Prediction
        fields = ["label", "truth", "contradicted"]


class ChangeFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")

    class Meta:
        model = ProcessChange
        fields = ["kind"]


class DriftReportFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    model = filters.CharFilter(field_name="version__model__slug")
    version = WholeNumberFilter(field_name="version__number")

    class Meta:
        model = DriftReport
        fields = ["state"]
