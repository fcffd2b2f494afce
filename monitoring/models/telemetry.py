"""What nodes sent, as it came."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.plant.models import Node


class BatchState(models.TextChoices):
    RECEIVED = "received", _("Received")
    MERGED = "merged", _("Merged")
    REFUSED = "refused", _("Refused")
    VOID = "void", _("Taken back")


class TelemetryBatch(models.Model):
    """One request of a node, kept until it was merged; (node, sequence) makes it merge exactly once."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="batches")
    sequence = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.RECEIVED)
    received_at = models.DateTimeField()
    problem = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["node", "sequence"]
        constraints = [models.UniqueConstraint(fields=["node", "sequence"], name="batch_once")]
        indexes = [models.Index(fields=["state", "id"], name="batch_state")]

    def __str__(self) -> str:
        return f"{self.node} {self.sequence}"


class Quarantined(models.Model):
    """A record that failed an acquisition check: kept and shown, absent from every training set."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="quarantined")
    part_id = models.CharField(max_length=60, blank=True)
    check_key = models.CharField(max_length=40)
    reason = models.CharField(max_length=240)
    record = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.reason
