"""Models and versions as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.plant.models import AssetType
from mlops_portal.foundation.registry.models import (
    AskZone,
    AutomationLevel,
    Feature,
    Level,
    ModelVersion,
    RegisteredModel,
    Step,
)


class FeatureOut(serializers.ModelSerializer[Feature]):
    categories = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list
    )

    class Meta:
        model = Feature
        fields = [
            *("key", "column", "words", "unit", "group_words", "low", "high", "tolerance", "categories"),
            "ignore_case",
        ]


class AutomationOut(serializers.ModelSerializer[AutomationLevel]):
    class Meta:
        model = AutomationLevel
        fields = ["step", "level"]


class AskZoneOut(serializers.ModelSerializer[AskZone]):
    class Meta:
        model = AskZone
        fields = ["wrong_share", "certainty"]


class ModelOut(serializers.ModelSerializer[RegisteredModel]):
    asset_type = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]  # read only
    features = FeatureOut(many=True, read_only=True)
    automation = AutomationOut(many=True, read_only=True)
    ask_zone = AskZoneOut(read_only=True, allow_null=True, default=None)

    class Meta:
        model = RegisteredModel
        fields = [
            *("slug", "name", "asset_type", "classes", "features", "window_seconds", "template"),
            *("automation", "ask_zone"),
        ]


class ClassIn(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=40)
    words = serializers.DictField(child=serializers.CharField(max_length=120))
    icon = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    defect = serializers.BooleanField()


class ModelIn(serializers.Serializer[RegisteredModel]):
    slug = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    asset_type = serializers.SlugRelatedField(slug_field="slug", queryset=AssetType.objects.all())
    classes = ClassIn(many=True)
    features = FeatureOut(many=True)
    window_seconds = serializers.IntegerField(min_value=10, max_value=86_400, default=900)
    template = serializers.SlugField(max_length=40, required=False, default="", allow_blank=True)


class AutomationIn(serializers.Serializer[AutomationLevel]):
    step = serializers.ChoiceField(choices=Step.choices)
    level = serializers.ChoiceField(choices=Level.choices)
    reason = serializers.CharField(max_length=240)


class AskZoneIn(serializers.Serializer[AskZone]):
    wrong_share = serializers.FloatField(
        min_value=0.001, max_value=0.5, help_text="Of the parts that the model decides alone, 0 to 1."
    )
    certainty = serializers.FloatField(min_value=0.5, max_value=0.999, help_text="0 to 1.")
    reason = serializers.CharField(max_length=240)


class AskZoneEnd(serializers.Serializer[AskZone]):
    reason = serializers.CharField(max_length=240)


class VersionOut(serializers.ModelSerializer[ModelVersion]):
    model = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]  # read only
    artifact = serializers.CharField(source="artifact_id", read_only=True)
    parent_number = serializers.IntegerField(
        source="parent.number", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "model",
            "number",
            "state",
            "artifact",
            "pipeline",
            "manifest_digest",
            "reference_digest",
            "measures",
            "parity",
            "run_id",
            "trained_by",
            "parent_number",
            "created_at",
        ]
        read_only_fields = fields
