"""What nodes send and are answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Taken(serializers.Serializer[Any]):
    taken = serializers.IntegerField()


class Wanted(serializers.Serializer[Any]):
    rows: serializers.ListField = serializers.ListField(child=serializers.CharField())


class ReportIn(serializers.Serializer[Any]):
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
    token = serializers.CharField(max_length=120, write_only=True)
    public_key = serializers.CharField(max_length=64)
    proof = serializers.CharField(max_length=128, write_only=True)
