"""What nodes send and are answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.wire import parked, receipt, report


class Receipt(serializers.Serializer[Any]):
    """Names what was taken; the node compares every field with what it sent."""

    format = serializers.CharField(help_text=receipt.FORMAT)
    kind = serializers.CharField(help_text=", ".join(receipt.SAYS))
    node = serializers.CharField()
    id = serializers.CharField(
        help_text="The batch's or last report's number, the picture's name, the nonce."
    )
    digest = serializers.CharField(help_text="Hex SHA-256 of the request's body.")


class WantedReceipt(Receipt):
    rows: serializers.ListField = serializers.ListField(child=serializers.CharField())


class VoidReceipt(Receipt):
    taken = serializers.BooleanField(help_text="Whether the portal has the batch after all.")


class Order(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.CharField()
    digest = serializers.CharField()
    order = serializers.ChoiceField(choices=list(parked.ORDERS))
    reason = serializers.CharField()


class ParkedReceipt(Receipt):
    orders = Order(many=True)


class VoidIn(serializers.Serializer[Any]):
    digest = serializers.RegexField(r"^[0-9a-f]{64}\Z")
    void = serializers.BooleanField(help_text="Whether the portal shall promise never to take it.")


class OfferReceipt(Receipt):
    offer = serializers.CharField(
        allow_blank=True, help_text="As C2SP tlog-witness says it; empty before the first checkpoint."
    )


class CosignatureIn(serializers.Serializer[Any]):
    nonce = serializers.CharField()
    note = serializers.CharField(help_text="The checkpoint, with the node's cosignature as its last line.")


class RefusedCheckpointIn(serializers.Serializer[Any]):
    nonce = serializers.CharField()
    kept = serializers.CharField(help_text="The checkpoint that the node saw and cosigned.")
    refused = serializers.CharField(help_text="The checkpoint that does not extend it.")
    why = serializers.CharField()


class TimeSaid(serializers.Serializer[Any]):
    nonce = serializers.CharField()
    time = serializers.DateTimeField()
    signature = serializers.CharField(help_text="Hex Ed25519 over the RFC 8785 bytes of format, nonce, time.")


class ReportIn(serializers.Serializer[Any]):
    """As ``wire.report`` describes it; fields that the portal does not know are kept, and not read."""

    format = serializers.CharField(required=False, help_text=report.FORMAT)
    sequence = serializers.IntegerField()
    asset = serializers.CharField()
    number = serializers.IntegerField()
    artifact = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    measures: serializers.DictField = serializers.DictField()
    signature = serializers.CharField(help_text="Hex Ed25519 over the RFC 8785 bytes without this field.")


class EnrolmentIn(serializers.Serializer[Any]):
    node = serializers.CharField(max_length=60)
    token = serializers.CharField(max_length=120)
    public_key = serializers.CharField(max_length=64)
    proof = serializers.CharField(max_length=128)
