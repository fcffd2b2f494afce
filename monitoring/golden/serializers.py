"""Rounds of golden parts, plans and changes of the set in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.models import GoldenAnswer, GoldenChange, GoldenPlan, GoldenRound


class GoldenAnswerSerializer(serializers.ModelSerializer[GoldenAnswer]):
    code = serializers.CharField(source="sample.code", read_only=True)
    by = serializers.UUIDField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = GoldenAnswer
        fields = ["code", "said", "confidence", "right", "prediction", "note", "by", "at"]
        read_only_fields = fields


class GoldenRoundSerializer(serializers.ModelSerializer[GoldenRound]):
    asset = serializers.SlugRelatedField(
        slug_field="slug", queryset=Asset.objects.select_related("line__site")
    )
    model = serializers.SlugRelatedField(
        slug_field="slug", queryset=RegisteredModel.objects.filter(retired_at=None)
    )
    answers = GoldenAnswerSerializer(many=True, read_only=True)
    begun_by = serializers.UUIDField(source="begun_by_id", read_only=True, allow_null=True)

    class Meta:
        model = GoldenRound
        fields = [
            *("id", "model", "asset", "why", "state", "order", "set_digest", "due_at", "late_at"),
            *("begun_at", "begun_by", "ended_at", "answers"),
        ]
        read_only_fields = [
            *("why", "state", "order", "set_digest", "due_at", "late_at", "begun_at", "ended_at"),
        ]


class SayIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20)
    said = serializers.CharField(
        max_length=40,
        allow_blank=True,
        help_text="The class that the station said; empty where it could not be run.",
    )
    note = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")


class GoldenPlanSerializer(serializers.ModelSerializer[GoldenPlan]):
    model = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    minutes = serializers.IntegerField(min_value=5, max_value=480)
    set_by = serializers.UUIDField(source="set_by_id", read_only=True)

    class Meta:
        model = GoldenPlan
        fields = ["model", "at_shift", "at_changeover", "minutes", "second_person", "set_by", "set_at"]
        read_only_fields = ["set_at"]
        extra_kwargs = {name: {"required": True} for name in ("at_shift", "at_changeover", "second_person")}


class GoldenChangeSerializer(serializers.ModelSerializer[GoldenChange]):
    sample = serializers.IntegerField(source="sample_id", read_only=True)
    code = serializers.CharField(source="sample.code", read_only=True)
    model = serializers.CharField(source="sample.model.slug", read_only=True)
    asked_by = serializers.UUIDField(source="asked_by_id", read_only=True)
    decided_by = serializers.UUIDField(source="decided_by_id", read_only=True, allow_null=True)

    class Meta:
        model = GoldenChange
        fields = [
            *("id", "sample", "code", "model", "verb", "reason", "asked_by", "asked_at"),
            *("agreed", "decided_by", "decided_at"),
        ]
        read_only_fields = fields


class DecideIn(serializers.Serializer[Any]):
    agreed = serializers.BooleanField()
