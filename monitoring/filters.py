"""What lists of the API can be narrowed by."""

from __future__ import annotations

import django_filters as filters

from monitoring.models import Alert, Prediction, ProcessChange, StatisticPoint, TelemetryBatch, Window


class OfAsset(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    since = filters.IsoDateTimeFilter(field_name="starts", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(field_name="starts", lookup_expr="lt")


class AlertFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    line = filters.CharFilter(field_name="asset__line__slug")

    class Meta:
        model = Alert
        fields = ["state", "kind", "cause"]


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


class PredictionFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")
    part = filters.CharFilter(field_name="part_id")

    class Meta:
        model = Prediction
        fields = ["label", "truth"]


class ChangeFilter(filters.FilterSet):
    asset = filters.CharFilter(field_name="asset__slug")

    class Meta:
        model = ProcessChange
        fields = ["kind"]
