"""What nodes sent, as it came, and what of it could not be used."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset, Node
from monitoring.transitions import Sort


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
    """A record that was set aside: kept and shown, absent from every statistic and every training set.

    ``at_node``: it failed an acquisition check there, and so no part of it was used; else the portal refused
    it (a machine of another node, a contradiction, …) and what was taken of its part before stays. The same
    record again only counts: ``digest`` names node, sort, check and content. ``key``: the prediction's id.
    """

    node = models.ForeignKey(Node, models.PROTECT, related_name="quarantined")
    sort = models.CharField(max_length=10, choices=Sort, default=Sort.READING)
    at_node = models.BooleanField(default=True)
    asset_slug = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=80, blank=True, db_index=True)
    part_id = models.CharField(max_length=60, blank=True)
    check_key = models.CharField(max_length=40)
    reason = models.CharField(max_length=240)
    record = models.JSONField(default=dict)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, null=True)
    times = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(null=True, help_text=_("When it came last"))

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["digest"], name="set_aside_once")]
        indexes = [models.Index(fields=["node", "check_key", "last_at"], name="set_aside_lately")]

    def __str__(self) -> str:
        return self.reason


class SketchTaken(models.Model):
    """Names a window that was added and names no parts: the same again, in another batch, adds nothing."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "digest"], name="sketch_taken_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class CountedPiece(models.Model):
    """The readings of one piece of a window that was added; each counts once, in whatever piece it is sent.

    ``parts``: their ids (``wire.prediction.reading_id``), one behind the other.
    """

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    parts = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["asset", "starts"], name="counted_piece_of")]

    def __str__(self) -> str:
        return f"{self.asset} {self.starts:%F %T}"


class UnapprovedRun(models.Model):
    """A machine that runs a model which nobody approved for it, until it runs an approved one again."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="unapproved_runs")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    artifact = models.CharField(max_length=64)
    activation = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    held = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"], condition=models.Q(ended_at=None), name="unapproved_run_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.artifact[:12]}"
