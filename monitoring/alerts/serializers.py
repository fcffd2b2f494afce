"""Alerts in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from monitoring.alerts.selectors.alerts import headline
from monitoring.models import (
    Alert,
)
from monitoring.transitions import Cause


class AlertSerializer(serializers.ModelSerializer[Alert]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    line = serializers.CharField(source="line.slug", read_only=True)
    model = serializers.CharField(source="version.model.slug", read_only=True, allow_null=True)
    version = serializers.IntegerField(source="version.number", read_only=True, allow_null=True)
    measure = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)
    owner = serializers.UUIDField(source="owner_id", read_only=True, allow_null=True)
    headline = serializers.SerializerMethodField()

    class Meta:
        model = Alert
        fields = [
            *("id", "headline", "state", "kind", "asset", "line", "model", "version", "measure"),
            *("feature", "features", "where", "together", "evidence"),
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
