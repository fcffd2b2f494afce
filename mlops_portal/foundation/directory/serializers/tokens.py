"""API tokens and the matrix as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.plant.matrix import ACTIONS, Scope
from mlops_portal.foundation.plant.models import Token


class TokenSerializer(serializers.ModelSerializer[Token]):
    scopes = serializers.ListField(child=serializers.CharField(), allow_empty=False)

    class Meta:
        model = Token
        fields = [
            "id",
            "person",
            "name",
            "prefix",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ]
        read_only_fields = ["person", "prefix", "created_at", "last_used_at", "revoked_at"]


class TokenMadeSerializer(TokenSerializer):
    """With the secret, which is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "secret"]


class ActionSerializer(serializers.Serializer[Any]):
    """One row of the matrix, and whether the person who asks may do it somewhere."""

    key = serializers.ChoiceField(choices=[(key, key) for key in ACTIONS])
    title = serializers.CharField()
    scope = serializers.ChoiceField(choices=[(one.value, one.value) for one in Scope])
    at_tablet = serializers.BooleanField(help_text="May be done at a shared tablet, after a PIN")
    roles = serializers.ListField(child=serializers.CharField())
    allowed = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
