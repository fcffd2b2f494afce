"""Drift reports in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from monitoring.models import (
    DriftReport,
)
from monitoring.promises import promise_of
from monitoring.reports.rules.reports import SPANS


class DriftReportSerializer(serializers.ModelSerializer[DriftReport]):
    """``body`` is empty until the report is made."""

    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    model = serializers.CharField(source="version.model.slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    asked_by = serializers.UUIDField(source="asked_by_id", read_only=True)
    promise = serializers.SerializerMethodField(
        help_text="Whether the rows that the version learned from can keep what its limits promise."
    )

    class Meta:
        model = DriftReport
        fields = [
            *("id", "asset", "model", "version", "since", "until", "state", "problem"),
            *("asked_by", "asked_at", "made_at", "promise", "body"),
        ]
        read_only_fields = fields

    def get_promise(self, report: DriftReport) -> dict[str, Any] | None:
        return promise_of(report.version)


class DriftReportLineSerializer(DriftReportSerializer):
    """In lists, without the body."""

    promise = None

    class Meta(DriftReportSerializer.Meta):
        fields = [one for one in DriftReportSerializer.Meta.fields if one not in ("promise", "body")]
        read_only_fields = fields


class PlantTimeField(serializers.DateTimeField):
    """A moment with its zone; without one it stays so, and the service reads it as the plant's."""

    def enforce_timezone(self, value: datetime) -> datetime:
        return value


class DriftReportIn(serializers.Serializer[Any]):
    asset = serializers.SlugField(max_length=60, help_text="The machine's short name.")
    version = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        default="",
        help_text="MODEL/NUMBER; else the one that runs.",
    )
    span = serializers.ChoiceField(
        choices=[(one, one) for one in SPANS],
        required=False,
        allow_blank=True,
        default="",
        help_text="Up to now; else say since.",
    )
    since = PlantTimeField(required=False, default=None, help_text="In the plant's time without a zone.")
    until = PlantTimeField(required=False, default=None, help_text="Not in the report itself; else now.")
    again = serializers.BooleanField(
        required=False, default=False, help_text="Make it anew where the stored one would do."
    )
