"""Statistics of windows in the API."""

from __future__ import annotations

from rest_framework import serializers

from monitoring.models import (
    StatisticPoint,
)


class StatisticSerializer(serializers.ModelSerializer[StatisticPoint]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = StatisticPoint
        fields = [
            *("id", "asset", "version", "feature", "statistic", "starts", "ends", "n", "value", "limit"),
            "shift",
        ]
        read_only_fields = fields
