"""What nodes have parked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from edge_sync.models import ParkedDelivery
from mlops_portal.foundation.plant.models import Node, Person
from mlops_portal.foundation.plant.selectors.places import nodes_for


@dataclass(frozen=True, slots=True)
class Because:
    """Deliveries of one kind that were refused for one reason."""

    reason: str
    count: int
    records: int


def parked_for(*, person: Person) -> QuerySet[ParkedDelivery]:
    """Open ones at the nodes that the person may see."""
    nodes = nodes_for(person=person, retired=True)
    return ParkedDelivery.objects.filter(node__in=nodes, left_at=None).select_related(
        "node__line", "ordered_by"
    )


def reasons_at(node: Node) -> list[Because]:
    """Why things are parked at a node, the most frequent reason first."""
    waiting = ParkedDelivery.objects.filter(node=node, left_at=None).order_by()
    rows = (
        waiting.values("reason").annotate(count=Count("pk"), sum=Sum("records")).order_by("-count", "reason")
    )
    return [Because(row["reason"], row["count"], row["sum"]) for row in rows]
