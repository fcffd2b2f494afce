"""Sites, lines, machines and nodes as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from mlops_portal.foundation.directory.serializers.fields import LineField, NodeField, SiteField
from mlops_portal.foundation.plant.models import Asset, AssetType, Line, Node, Site

Kwargs = dict[str, dict[str, Any]]


class SiteSerializer(serializers.ModelSerializer[Site]):
    class Meta:
        model = Site
        fields = ["slug", "name", "time_zone"]


class LineSerializer(serializers.ModelSerializer[Line]):
    site = SiteField()

    class Meta:
        model = Line
        fields = ["slug", "name", "site", "order"]
        extra_kwargs: Kwargs = {"slug": {"validators": []}}  # the service says who has it


class AssetTypeSerializer(serializers.ModelSerializer[AssetType]):
    class Meta:
        model = AssetType
        fields = ["slug", "name"]


class AssetSerializer(serializers.ModelSerializer[Asset]):
    line = LineField()
    type = serializers.SlugRelatedField(slug_field="slug", queryset=AssetType.objects.all())
    node = NodeField(allow_null=True, required=False, default=None)

    class Meta:
        model = Asset
        fields = ["slug", "name", "line", "type", "node", "retired_at"]
        read_only_fields = ["retired_at"]
        extra_kwargs: Kwargs = {"slug": {"validators": []}}  # the service says who has it


class AssetChangeSerializer(AssetSerializer):
    """The short name is an address in the log and stays."""

    node = NodeField(allow_null=True, required=False)

    class Meta(AssetSerializer.Meta):
        read_only_fields = ["slug", "retired_at"]
        extra_kwargs: Kwargs = {}


class NodeSerializer(serializers.ModelSerializer[Node]):
    line = LineField()
    assets: serializers.SlugRelatedField[Asset] = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True
    )

    class Meta:
        model = Node
        fields = [
            "slug",
            "name",
            "line",
            "public_key",
            "registered_at",
            "enrolled_at",
            "retired_at",
            "assets",
        ]
        read_only_fields = ["public_key", "registered_at", "enrolled_at", "retired_at"]
        extra_kwargs: Kwargs = {"slug": {"validators": []}}  # the service says who has it
