"""Rosters and what waits for the next ceremony, as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class LineKeysOut(serializers.Serializer[Any]):
    line = serializers.CharField()
    version = serializers.IntegerField(
        allow_null=True, help_text="The roster that nodes know; null: none yet"
    )
    expires = serializers.DateTimeField(allow_null=True)
    waits = serializers.ListField(
        child=serializers.CharField(), help_text="What nodes learn by the next ceremony"
    )


class KeysOut(serializers.Serializer[Any]):
    lines = LineKeysOut(many=True)
    shown = serializers.CharField(
        allow_blank=True, help_text="Of what a ceremony would sign; empty where none can be held here"
    )


class CeremonyIn(serializers.Serializer[Any]):
    recover = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=240,
        help_text="Why nodes shall follow the log from its newest checkpoint, whatever they saw before",
    )  # fmt: skip
    shown = serializers.CharField(max_length=64, help_text="As GET said it, so that nothing unseen is signed")
