"""Judgements and what inspection said of them, in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from monitoring.models import (
    Inspection,
    Prediction,
)


class InspectionSerializer(serializers.Serializer[Any]):
    part = serializers.CharField(max_length=200)
    truth = serializers.CharField(max_length=40, help_text="A class of the model that judged the part.")
    at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="When it was inspected; now if not given."
    )
    model = serializers.SlugField(
        required=False, default="", allow_blank=True,
        help_text="Which model's judgement is meant, where several that know the class judged the part.",
    )  # fmt: skip
    asset = serializers.SlugField(
        required=False, default="", allow_blank=True, help_text="Which machine's judgement is meant."
    )


class FoundSerializer(serializers.ModelSerializer[Inspection]):
    by = serializers.UUIDField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = Inspection
        fields = ["truth", "source", "at", "arrived_at", "by"]
        read_only_fields = fields


class JudgedSerializer(serializers.ModelSerializer[Prediction]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    model = serializers.CharField(source="version.model.slug", read_only=True)
    inspections = FoundSerializer(many=True, read_only=True)

    class Meta:
        model = Prediction
        fields = [
            *(
                "id",
                "part_id",
                "asset",
                "model",
                "version",
                "activation",
                "lot",
                "at",
                "label",
                "confidence",
                "truth",
            ),
            *("truth_at", "contradicted", "inspections"),
        ]
        read_only_fields = fields
