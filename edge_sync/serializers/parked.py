"""What nodes have parked, as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from edge_sync.models import ParkedDelivery
from mlops_portal.foundation.wire import parked


class ParkedOut(serializers.ModelSerializer[ParkedDelivery]):
    node: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    kind = serializers.CharField(read_only=True, help_text=", ".join(parked.KINDS))
    id_at_node = serializers.CharField(source="key", read_only=True)

    class Meta:
        model = ParkedDelivery
        fields = [
            *("id", "node", "kind", "id_at_node", "records", "size", "code", "reason", "parked_at"),
            *("order", "ordered_at", "order_reason"),
        ]
        read_only_fields = fields
