"""Measures, their values and tables of them, in the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models.model import in_words
from monitoring.measures.rules.points import Given, counted, subgroup
from monitoring.measures.rules.run_rules import CHOOSABLE
from monitoring.models import (
    Measure,
    MeasureTable,
    MeasureValue,
    NewNormal,
)
from monitoring.models.measure import Bad, ChartKind, MeasureKind


class MeasureSerializer(serializers.ModelSerializer[Measure]):
    """A measure; ``fitted`` and everything after ``parts`` are the portal's own."""

    name = serializers.CharField(max_length=80)
    line = serializers.SlugRelatedField(slug_field="slug", queryset=Line.objects.select_related("site"))
    asset = serializers.SlugRelatedField(
        slug_field="slug",
        queryset=Asset.objects.select_related("line"),
        required=False,
        allow_null=True,
        default=None,
    )
    key = serializers.SlugField(max_length=60, required=False, default="")
    kind = serializers.ChoiceField(choices=MeasureKind.choices)
    bad = serializers.ChoiceField(choices=Bad.choices, default=Bad.BOTH)
    chart = serializers.ChoiceField(
        choices=ChartKind.choices,
        required=False,
        help_text="mewma where there are parts, and for nothing else; where it is not given p for :error and "
        ":override, ewma for the rest.",
    )
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    share = serializers.FloatField(
        default=0.05, help_text="Its part of the false alarms that the line bears: above 0, up to 1."
    )
    source = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="A reading whose mean each window gives, or :confidence, :error (share of inspected parts "
        "judged wrong), :override (share of parts asked about whose answer was another) or :golden "
        "(probability of the truth of golden parts); empty where values are sent.",
    )
    reference_size = serializers.IntegerField(default=200)
    rules = serializers.ListField(
        child=serializers.ChoiceField(choices=list(CHOOSABLE)),
        default=list,
        help_text="Run rules of a control chart; those that do not fit the promise mark points and raise no "
        "alert.",
    )
    parts = serializers.SlugRelatedField(
        slug_field="key",
        queryset=Measure.objects.filter(ended_at=None),
        many=True,
        required=False,
        help_text="Keys of 2 to 12 measures of the line, in force, that are watched together.",
    )

    class Meta:
        model = Measure
        fields = [
            *("id", "key", "name", "line", "asset", "kind", "unit", "bad", "chart", "low", "high"),
            *(
                "spec_low",
                "spec_high",
                "tolerance",
                "rules",
                "share",
                "source",
                "reference_size",
                "parts",
                "reference_from",
                "reference_to",
            ),
            *("fitted", "problem", "capability", "created_at", "ended_at"),
        ]
        read_only_fields = [
            *(
                "id",
                "reference_from",
                "reference_to",
                "fitted",
                "problem",
                "capability",
                "created_at",
                "ended_at",
            ),
        ]

    def to_representation(self, instance: Measure) -> dict[str, Any]:
        words = instance.words
        instance.name = in_words(words) or instance.key  # type: ignore[attr-defined]  # of the API alone
        return dict(super().to_representation(instance))


class MeasureValueSerializer(serializers.ModelSerializer[MeasureValue]):
    measure = serializers.SlugRelatedField(slug_field="key", read_only=True)

    class Meta:
        model = MeasureValue
        fields = [
            *("id", "measure", "at", "value", "size", "spread", "up", "down", "on", "carried", "received_at")
        ]
        read_only_fields = fields


class ValueIn(serializers.Serializer[Any]):
    """One of ``value``, ``values`` and ``count``."""

    at = serializers.DateTimeField(help_text="With its zone.")
    value = serializers.FloatField(required=False)
    values = serializers.ListField(
        child=serializers.FloatField(), required=False, help_text="The readings of a subgroup, for X̄ charts."
    )
    count = serializers.FloatField(required=False, help_text="Not in order, or faults; for p, np, c, u.")
    size = serializers.FloatField(required=False, help_text="Of how many; for p, np, u.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(key in attrs for key in ("value", "values", "count")) != 1:
            raise serializers.ValidationError(_("Give one of value, values and count."))
        return attrs


def given_of(chart: str, one: dict[str, Any]) -> Given:
    """What was sent, as this chart keeps it. ValueUnfit."""
    if "values" in one:
        return subgroup(chart, one["values"])
    if "count" in one:
        return counted(chart, one["count"], one.get("size"))
    return Given(one["value"])


class ValuesSerializer(serializers.Serializer[Any]):
    measure = serializers.SlugField(max_length=60, help_text="The key of a measure in force.")
    values = ValueIn(many=True, allow_empty=False, max_length=5000)  # type: ignore[call-arg]  # of many


class RecordedSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    same = serializers.IntegerField()
    corrected = serializers.IntegerField()


class SpecSerializer(serializers.Serializer[Any]):
    spec_low = serializers.FloatField(required=False, allow_null=True, default=None)
    spec_high = serializers.FloatField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=500)


class NormalReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class NewNormalSerializer(serializers.ModelSerializer[NewNormal]):
    by = serializers.UUIDField(source="by_id", read_only=True)
    undone_by = serializers.UUIDField(source="undone_by_id", read_only=True, allow_null=True)

    class Meta:
        model = NewNormal
        fields = ["id", "since", "reason", "by", "at", "undone_by", "undone_at", "undone_reason"]
        read_only_fields = fields


class RelearnSerializer(NormalReasonSerializer):
    since = serializers.DateTimeField()


class TableAnswerSerializer(serializers.Serializer[Any]):
    """Answers to what the reader of a table asks."""

    answers = serializers.DictField(
        child=serializers.CharField(max_length=200),
        required=False,
        default=dict,
        help_text="By the question's key; “zone” may be any time zone.",
    )
    accept = serializers.BooleanField(
        required=False, default=False, help_text="Take every guess that waits for an answer."
    )


class TableBringSerializer(serializers.Serializer[Any]):
    """A table of values for a measure, as it was exported."""

    measure = serializers.SlugField(max_length=60)
    file = serializers.FileField(use_url=False)
    zone = serializers.CharField(
        max_length=60, required=False, default="", help_text="Of times without one; else the site's."
    )


class MeasureTableSerializer(serializers.ModelSerializer[MeasureTable]):
    measure = serializers.SlugRelatedField(slug_field="key", read_only=True)  # type: ignore[var-annotated]  # read only

    class Meta:
        model = MeasureTable
        fields = [
            "id",
            "measure",
            "state",
            "file_name",
            "answers",
            "guesses",
            "result",
            "error",
            "created_at",
        ]
        read_only_fields = fields
