"""Changes at a machine in the API."""

from __future__ import annotations

from rest_framework import serializers

from mlops_portal.foundation.plant.models import Asset
from monitoring.models import (
    ProcessChange,
)
from monitoring.models.process import ChangeKind


class ChangeSerializer(serializers.ModelSerializer[ProcessChange]):
    asset = serializers.SlugRelatedField(slug_field="slug", queryset=Asset.objects.select_related("line"))
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    value = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)
    at = serializers.DateTimeField(required=False)
    by = serializers.UUIDField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = ProcessChange
        fields = ["id", "asset", "kind", "value", "at", "by"]
