"""Alerts, windows, statistics, inspections and changes as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models.model import in_words
from monitoring.models import (
    Alert,
    DriftReport,
    Inspection,
    Measure,
    MeasureTable,
    MeasureValue,
    Prediction,
    ProcessChange,
    Quarantined,
    StatisticPoint,
    TelemetryBatch,
    UnapprovedRun,
    Window,
)
from monitoring.models.measure import Bad, ChartKind, MeasureKind
from monitoring.models.process import ChangeKind
from monitoring.rules.reports import SPANS
from monitoring.selectors.alerts import headline
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
            *("feature", "features", "where", "together"),
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


class StatisticSerializer(serializers.ModelSerializer[StatisticPoint]):
    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = StatisticPoint
        fields = [
            *("id", "asset", "version", "feature", "statistic", "starts", "ends", "n", "value", "limit"),
            "shift",
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


class ChangeSerializer(serializers.ModelSerializer[ProcessChange]):
    asset = serializers.SlugRelatedField(slug_field="slug", queryset=Asset.objects.select_related("line"))
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    value = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)
    at = serializers.DateTimeField(required=False)
    by = serializers.UUIDField(source="by_id", read_only=True, allow_null=True)

    class Meta:
        model = ProcessChange
        fields = ["id", "asset", "kind", "value", "at", "by"]


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
        help_text="mewma where there are parts, and for nothing else; ewma where it is not given.",
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
        "judged wrong) or :golden (probability of the truth of golden parts); empty where values are sent.",
    )
    reference_size = serializers.IntegerField(default=200)
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
            *("tolerance", "share", "source", "reference_size", "parts", "reference_from", "reference_to"),
            *("fitted", "problem", "created_at", "ended_at"),
        ]
        read_only_fields = [
            *("id", "reference_from", "reference_to", "fitted", "problem", "created_at", "ended_at"),
        ]

    def to_representation(self, instance: Measure) -> dict[str, Any]:
        words = instance.words
        instance.name = in_words(words) or instance.key  # type: ignore[attr-defined]  # of the API alone
        return dict(super().to_representation(instance))


class MeasureValueSerializer(serializers.ModelSerializer[MeasureValue]):
    measure = serializers.SlugRelatedField(slug_field="key", read_only=True)

    class Meta:
        model = MeasureValue
        fields = ["id", "measure", "at", "value", "up", "down", "on", "received_at"]
        read_only_fields = fields


class ValueIn(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="With its zone.")
    value = serializers.FloatField()


class ValuesSerializer(serializers.Serializer[Any]):
    measure = serializers.SlugField(max_length=60, help_text="The key of a measure in force.")
    values = ValueIn(many=True, allow_empty=False, max_length=5000)  # type: ignore[call-arg]  # of many


class RecordedSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    same = serializers.IntegerField()
    corrected = serializers.IntegerField()


class RelearnSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()


class DriftReportSerializer(serializers.ModelSerializer[DriftReport]):
    """``body`` is empty until the report is made."""

    asset = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    model = serializers.CharField(source="version.model.slug", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    asked_by = serializers.UUIDField(source="asked_by_id", read_only=True)

    class Meta:
        model = DriftReport
        fields = [
            *("id", "asset", "model", "version", "since", "until", "state", "problem"),
            *("asked_by", "asked_at", "made_at", "body"),
        ]
        read_only_fields = fields


class DriftReportLineSerializer(DriftReportSerializer):
    """In lists, without the body."""

    class Meta(DriftReportSerializer.Meta):
        fields = [one for one in DriftReportSerializer.Meta.fields if one != "body"]
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
