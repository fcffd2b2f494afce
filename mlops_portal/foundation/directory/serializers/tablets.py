"""Shared tablets, PINs and badges as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.directory.serializers.fields import LineField
from mlops_portal.foundation.plant.models import Tablet


class TabletSerializer(serializers.ModelSerializer[Tablet]):
    line = LineField()

    class Meta:
        model = Tablet
        fields = ["id", "line", "name", "announced_by", "announced_at", "code_until", "paired_at", "seen_at"]
        read_only_fields = ["announced_by", "announced_at", "code_until", "paired_at", "seen_at"]


class TabletAnnouncedSerializer(TabletSerializer):
    """With the code, which is shown this once."""

    code = serializers.CharField(read_only=True)

    class Meta(TabletSerializer.Meta):
        fields = [*TabletSerializer.Meta.fields, "code"]


class PinSerializer(serializers.Serializer[Any]):
    """A new PIN, a badge, or both."""

    pin = serializers.CharField(max_length=8, required=False, write_only=True)
    badge = serializers.CharField(max_length=128, required=False, write_only=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given:
            raise serializers.ValidationError("Send a pin, a badge, or both.")
        return given
