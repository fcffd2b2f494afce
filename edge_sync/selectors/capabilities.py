"""What the portal may ask of a node: what the node itself said that it has."""

from __future__ import annotations

from edge_sync.models import NodeStatus
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.wire.formats import FIRST


def capabilities_of(node: Node) -> frozenset[str]:
    """As its last batch or list named them; those of the first agents where it has named none."""
    status = NodeStatus.objects.filter(node=node).only("body").first()
    return frozenset(status.capabilities if status else FIRST)
