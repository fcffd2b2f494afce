"""The shapes that the API of explanations speaks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ReasonOut(serializers.Serializer[Any]):
    group = serializers.CharField()
    sentence = serializers.CharField()
    share = serializers.CharField(help_text="Percent, in the person's notation")
    direction = serializers.CharField(help_text="for, against, or empty for many parts")
    before = serializers.CharField(help_text="The share before an alert began, or empty")
    moved = serializers.BooleanField(help_text="The group holds a reading that the alert names")


class ExplanationOut(serializers.Serializer[Any]):
    version = serializers.CharField(source="row.version.number")
    sentence = serializers.CharField()
    refused = serializers.BooleanField(help_text="The reasons do not add up to the model's output")
    reasons = ReasonOut(many=True)
    rows = serializers.IntegerField(source="row.rows")
    difference = serializers.FloatField(source="row.difference", help_text="Sum against model, log-odds")
    contributions = serializers.DictField(child=serializers.FloatField(), source="row.values")
    at = serializers.DateTimeField()


class ChangedOut(serializers.Serializer[Any]):
    group = serializers.CharField()
    words = serializers.DictField(child=serializers.CharField())
    before = serializers.FloatField(help_text="Share of the decisions, 0 to 1")
    after = serializers.FloatField()
    noise = serializers.FloatField(help_text="Changes up to this may be chance")
    beyond = serializers.BooleanField()


class ComparisonOut(serializers.Serializer[Any]):
    champion = serializers.IntegerField()
    challenger = serializers.IntegerField()
    sentence = serializers.CharField()
    refused = serializers.BooleanField()
    rows = serializers.IntegerField()
    changes = ChangedOut(many=True)
