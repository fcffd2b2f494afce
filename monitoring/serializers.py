"""Alerts, windows, statistics, inspections and changes as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.plant.models import Asset
from monitoring.models import Alert, Prediction, ProcessChange, StatisticPoint, TelemetryBatch, Window
from monitoring.models.process import ChangeKind
from monitoring.selectors.alerts import headline
from monitoring.transitions import Cause


class AlertSerializer(serializers.ModelSerializer[Alert]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    line = serializers.CharField(source="asset.line.slug", read_only=True)
    model = serializers.CharField(source="version.model.slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    owner = serializers.UUIDField(source="owner_id", read_only=True, allow_null=True)
    headline = serializers.SerializerMethodField()

    class Meta:
        model = Alert
        fields = [
            *("id", "headline", "state", "kind", "asset", "line", "model", "version", "feature", "features"),
            *("since", "opened_at", "snoozed_until", "owner", "cause", "comment", "resolved_at"),
        ]
        read_only_fields = fields

    def get_headline(self, alert: Alert) -> str:
        return headline(alert)


class SnoozeSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField(help_text="With its zone, at most seven days away.")


class ResolveSerializer(serializers.Serializer[Any]):
    cause = serializers.ChoiceField(choices=Cause.choices)
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


class WindowSerializer(serializers.ModelSerializer[Window]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = Window
        fields = [
            *(
                "id",
                "asset",
                "version",
                "lot",
                "recipe",
                "shift",
                "starts",
                "ends",
                "n",
                "counts",
                "moments",
                "classes",
            ),
            *("confidence", "judged_at"),
        ]
        read_only_fields = fields


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


class BatchSerializer(serializers.ModelSerializer[TelemetryBatch]):
    node = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = TelemetryBatch
        fields = ["id", "node", "sequence", "digest", "state", "received_at", "problem"]
        read_only_fields = fields


class InspectionSerializer(serializers.Serializer[Any]):
    part = serializers.CharField(max_length=60)
    truth = serializers.CharField(max_length=40, help_text="A class of the model that judged the part.")
    at = serializers.DateTimeField(required=False, default=None, allow_null=True)


class JudgedSerializer(serializers.ModelSerializer[Prediction]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = Prediction
        fields = [
            *("id", "part_id", "asset", "version", "activation", "lot", "at", "label", "confidence", "truth"),
            "truth_at",
        ]
        read_only_fields = fields


class ChangeSerializer(serializers.ModelSerializer[ProcessChange]):
    asset = serializers.SlugRelatedField(slug_field="slug", queryset=Asset.objects.select_related("line"))
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    value = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)
    at = serializers.DateTimeField(required=False)
    by = serializers.UUIDField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = ProcessChange
        fields = ["id", "asset", "kind", "value", "at", "by"]
