"""How events, exports and lineages look in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals.selectors.lineage.steps import Stage
from mlops_portal.foundation.ledger.models import Dispute, Event
from mlops_portal.foundation.ledger.types import sentence


class EventOut(serializers.ModelSerializer[Event]):
    """``public`` is the exact text that the leaf covers."""

    sentence = serializers.SerializerMethodField()
    leaf = serializers.SerializerMethodField(help_text="Null while it waits for the sequencer")
    personal = serializers.SerializerMethodField(help_text="Null where there is none or it was erased")
    erased = serializers.BooleanField(source="is_erased", read_only=True)

    class Meta:
        model = Event
        fields = ["uuid", "type", "at", "sentence", "channel", "public", "personal", "erased", "leaf"]
        read_only_fields = fields

    def get_sentence(self, event: Event) -> str:
        return sentence(event)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_leaf(self, event: Event) -> int | None:
        leaf = getattr(event, "leaf", None)
        return None if leaf is None else leaf.index

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_personal(self, event: Event) -> dict[str, Any] | None:
        return event.private


class ProofOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    proof = serializers.ListField(child=serializers.CharField(), source="steps", help_text="RFC 9162, hex")
    checkpoint = serializers.CharField(source="checkpoint.note")
    holds = serializers.BooleanField()


class EventWithProof(serializers.Serializer[Any]):
    event = EventOut()
    proof = ProofOut(allow_null=True)


class SeenOut(serializers.Serializer[Any]):
    witness = serializers.CharField()
    size = serializers.IntegerField(help_text="Leaves of the largest checkpoint that it cosigned")
    at = serializers.DateTimeField()


class RefusedCheckpointOut(serializers.ModelSerializer[Dispute]):
    class Meta:
        model = Dispute
        fields = ["witness", "kept", "refused", "why", "told_at", "settled_at", "settled_why"]
        read_only_fields = fields


class WitnessesOut(serializers.Serializer[Any]):
    seen = SeenOut(many=True)
    disputes = RefusedCheckpointOut(many=True)


class ExportIn(serializers.Serializer[Any]):
    """``from`` is a word of Python, so the fields are named in ``get_fields``."""

    model = serializers.CharField(required=False, allow_blank=True, default="", help_text="Short name")

    def get_fields(self) -> dict[str, Any]:
        time: dict[str, Any] = {
            "required": False,
            "allow_blank": True,
            "default": "",
            "help_text": "ISO 8601; UTC",
        }
        return {
            "from": serializers.CharField(**time),
            "to": serializers.CharField(**time),
            **super().get_fields(),
        }


class ExportOut(serializers.Serializer[Event]):
    digest = serializers.CharField(source="data.digest")
    events = serializers.IntegerField(source="data.events")
    size = serializers.IntegerField(source="data.size")
    filter = serializers.DictField(source="data.filter", child=serializers.CharField(allow_blank=True))
    at = serializers.DateTimeField()


class LineageFactOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.CharField()


class LineageStepOut(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=[one.value for one in Stage])
    title = serializers.CharField()
    facts = serializers.SerializerMethodField()
    at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()
    proof = serializers.CharField(help_text="Page of the event that shows it")
    digest = serializers.CharField()
    gap = serializers.CharField(help_text="What cannot be shown, and why")

    @extend_schema_field(LineageFactOut(many=True))
    def get_facts(self, step: Any) -> list[dict[str, str]]:
        return [{"name": name, "value": value} for name, value in step.facts]


class LineageOut(serializers.Serializer[Any]):
    prediction = serializers.CharField(source="prediction.pk")
    steps = LineageStepOut(many=True)
