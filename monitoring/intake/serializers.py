"""What nodes sent, in the API."""

from __future__ import annotations

from rest_framework import serializers

from monitoring.models import (
    Quarantined,
    TelemetryBatch,
    UnapprovedRun,
    Window,
)


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


class BatchSerializer(serializers.ModelSerializer[TelemetryBatch]):
    node = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = TelemetryBatch
        fields = ["id", "node", "sequence", "digest", "state", "received_at", "problem"]
        read_only_fields = fields


class SetAsideSerializer(serializers.ModelSerializer[Quarantined]):
    """``check`` is what the record failed; ``at_node``: the node itself set it aside."""

    node = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    asset = serializers.CharField(source="asset_slug", read_only=True)
    part = serializers.CharField(source="part_id", read_only=True)
    check = serializers.CharField(source="check_key", read_only=True)

    class Meta:
        model = Quarantined
        fields = [
            *("id", "node", "asset", "part", "sort", "check", "reason", "at_node", "key", "times"),
            *("at", "last_at", "record"),
        ]
        read_only_fields = fields


class UnapprovedRunSerializer(serializers.ModelSerializer[UnapprovedRun]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    node = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    line = serializers.CharField(source="asset.line.slug", read_only=True)

    class Meta:
        model = UnapprovedRun
        fields = [
            *("id", "asset", "line", "node", "artifact", "activation", "since", "seen_at"),
            *("held", "ended_at"),
        ]
        read_only_fields = fields
