"""Parts in doubt in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.plant.models import Asset
from monitoring.containment.rules import LONGEST_NOTE, LONGEST_REASON
from monitoring.containment.selectors.words import why
from monitoring.models import Containment, ContainmentLot, ContainmentPart, Disposition
from monitoring.transitions import DispositionKind


class ContainmentLotSerializer(serializers.ModelSerializer[ContainmentLot]):
    pulled_by = serializers.UUIDField(source="pulled_by_id", read_only=True, allow_null=True)

    class Meta:
        model = ContainmentLot
        fields = ["lot", "parts", "waiting", "pulled", "pulled_by", "pulled_at"]
        read_only_fields = fields


class ContainmentSerializer(serializers.ModelSerializer[Containment]):
    asset = serializers.SlugRelatedField(
        slug_field="slug", queryset=Asset.objects.select_related("line__site")
    )
    reason = serializers.CharField(max_length=LONGEST_REASON, write_only=True)
    why = serializers.SerializerMethodField()
    since = serializers.DateTimeField(required=False, allow_null=True)
    until = serializers.DateTimeField(required=False, allow_null=True)
    opened_by = serializers.UUIDField(source="opened_by_id", read_only=True, allow_null=True)
    closed_by = serializers.UUIDField(source="closed_by_id", read_only=True, allow_null=True)

    class Meta:
        model = Containment
        fields = [
            *("id", "code", "asset", "trigger", "why", "reason", "activation", "since", "began", "until"),
            *("state", "parts", "waiting", "opened_at", "opened_by", "closed_at", "closed_by"),
        ]
        read_only_fields = [
            *("trigger", "activation", "began", "state", "parts", "waiting", "opened_at", "closed_at"),
        ]

    def get_why(self, one: Containment) -> str:
        return why(one)


class DispositionSerializer(serializers.ModelSerializer[Disposition]):
    by = serializers.UUIDField(source="by_id", read_only=True)

    class Meta:
        model = Disposition
        fields = ["id", "containment", "kind", "note", "lot", "part_id", "parts", "by", "at"]
        read_only_fields = fields


class ContainmentPartSerializer(serializers.ModelSerializer[ContainmentPart]):
    truth = serializers.CharField(source="prediction.truth", read_only=True)
    truth_at = serializers.DateTimeField(source="prediction.truth_at", read_only=True, allow_null=True)
    said = serializers.CharField(source="prediction.label", read_only=True)
    disposition = serializers.CharField(
        source="disposition.kind", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = ContainmentPart
        fields = [
            *("id", "containment", "part_id", "lot", "prediction", "said", "truth", "truth_at", "joined_at"),
            "disposition",
        ]
        read_only_fields = fields


class PullIn(serializers.Serializer[Any]):
    lot = serializers.CharField(max_length=40, allow_blank=True)
    pulled = serializers.IntegerField(min_value=0)


class DisposeIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DispositionKind.choices)
    lot = serializers.CharField(
        max_length=40, allow_blank=True, allow_null=True, required=False, default=None,
        help_text="Of that lot; of all lots where it is not given.",
    )  # fmt: skip
    seen = serializers.IntegerField(
        min_value=1, help_text="How many parts you saw waiting; another number by then is refused."
    )
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, required=False, default="")


class PartDisposeIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DispositionKind.choices)
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, required=False, default="")
    truth = serializers.CharField(
        max_length=40, allow_blank=True, required=False, default="",
        help_text="What its re-inspection found, a class of the model; it joins as truth.",
    )  # fmt: skip


class BoundIn(serializers.Serializer[Any]):
    until = serializers.DateTimeField()
    reason = serializers.CharField(max_length=LONGEST_REASON)


class WidenIn(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    reason = serializers.CharField(max_length=LONGEST_REASON)
