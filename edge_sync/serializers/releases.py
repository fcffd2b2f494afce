"""Releases as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from edge_sync.models import Release, ReleaseTarget
from mlops_portal.foundation.wire.words import words


class TargetOut(serializers.ModelSerializer[ReleaseTarget]):
    asset: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = ReleaseTarget
        fields = ["asset", "number", "state", "reason", "published_at", "reported_at", "descriptor_digest"]
        read_only_fields = fields


class ReleaseOut(serializers.ModelSerializer[Release]):
    model = serializers.CharField(source="approval.version.model.slug", read_only=True)
    version = serializers.IntegerField(source="approval.version.number", read_only=True)
    line = serializers.CharField(source="approval.line.slug", read_only=True)
    artifact = serializers.CharField(source="approval.version.artifact_id", read_only=True)
    words = serializers.SerializerMethodField()
    approval: serializers.PrimaryKeyRelatedField[Any] = serializers.PrimaryKeyRelatedField(read_only=True)
    targets = TargetOut(many=True, read_only=True)

    class Meta:
        model = Release
        fields = [
            *("id", "state", "reason", "model", "version", "line", "artifact", "words", "approval"),
            *("created_at", "published_at", "targets"),
        ]
        read_only_fields = fields

    def get_words(self, release: Release) -> str:
        return " ".join(words(release.approval.version.artifact_id))


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=240)


class BackIn(serializers.Serializer[Any]):
    reason = serializers.CharField(
        max_length=2000, help_text="What people decide on; at least ten characters"
    )


class BackOut(serializers.Serializer[Any]):
    approval = serializers.CharField(help_text="The request that people decide now")
    version = serializers.CharField()
