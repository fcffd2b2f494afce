"""What nodes have parked because the portal refused it, and what people ordered of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from edge_sync.transitions import ParkedEnd, ParkedKind, ParkedOrder
from mlops_portal.foundation.plant.models import Node, Person


class ParkedDelivery(models.Model):
    """One delivery that waits at its node for a person; ``key`` is its number or name there."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="parked")
    kind = models.CharField(max_length=10, choices=ParkedKind)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    records = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    code = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    parked_at = models.DateTimeField()
    told_at = models.DateTimeField()
    order = models.CharField(max_length=10, choices=ParkedOrder, blank=True)
    ordered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(null=True)
    order_reason = models.CharField(max_length=200, blank=True)
    left_at = models.DateTimeField(null=True)
    left_how = models.CharField(max_length=10, choices=ParkedEnd, blank=True)

    class Meta:
        ordering = ["parked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "kind", "key"], condition=Q(left_at=None), name="parked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"

    @property
    def name(self) -> str:
        """As commands at the node and the log name it."""
        return f"{self.kind}/{self.key}"
