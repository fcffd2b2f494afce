"""Retrain runs as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.models import RetrainRun, RunStep
from labeling.selectors.runs import models_to_train, step_sentence
from labeling.transitions import Trigger
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.models import Alert


class StepOut(serializers.ModelSerializer[RunStep]):
    seconds = serializers.FloatField(read_only=True, allow_null=True)
    text = serializers.SerializerMethodField()

    class Meta:
        model = RunStep
        fields = ["name", "state", "text", "result", "started_at", "finished_at", "seconds"]

    def get_text(self, step: RunStep) -> str:
        return step_sentence(step)


class RunOut(serializers.ModelSerializer[RetrainRun]):
    model = serializers.SlugRelatedField(slug_field="slug", read_only=True)  # type: ignore[var-annotated]  # read only
    manifest = serializers.CharField(source="manifest_id", read_only=True, allow_null=True)
    steps = StepOut(many=True, read_only=True)

    class Meta:
        model = RetrainRun
        fields = [
            "id",
            "model",
            "state",
            "trigger",
            "reason",
            "alert",
            "parameters",
            "asked_by",
            "started_by",
            "manifest",
            "candidate",
            "error",
            "created_at",
            "started_at",
            "finished_at",
            "steps",
        ]
        read_only_fields = fields


class RunIn(serializers.Serializer[Any]):
    model = serializers.SlugRelatedField(slug_field="slug", queryset=RegisteredModel.objects.none())
    trigger = serializers.ChoiceField(choices=Trigger.choices, default=Trigger.MANUAL)
    reason = serializers.CharField(max_length=240)
    alert = serializers.PrimaryKeyRelatedField(
        queryset=Alert.objects.all(), required=False, allow_null=True, default=None
    )
    parameters = serializers.DictField(child=serializers.FloatField(), required=False, default=dict)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        fields["model"].queryset = models_to_train()
        return fields
