"""Windows: mergeable counts of what was read and judged."""

from __future__ import annotations

from django.db import models

from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion


class Window(models.Model):
    """Counts of one asset, version, lot and shift over one span of time.

    ``counts``: {feature: [int, …]} in the bins of the version's reference (with an outer bin on both sides
    and one for missing at the end); ``moments``: {feature: [n, sum, sum of squares, sum of lag-1 products]};
    ``classes``: {class: n}; ``confidence``: [int] * 20. Windows merge by addition.
    """

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="windows")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="windows")
    lot = models.CharField(max_length=40, blank=True)
    shift = models.CharField(max_length=40, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    n = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    moments = models.JSONField(default=dict)
    classes = models.JSONField(default=dict)
    confidence = models.JSONField(default=list)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "version", "lot", "shift", "starts"], name="window_once")
        ]
        indexes = [models.Index(fields=["asset", "starts"], name="window_asset_starts")]

    def __str__(self) -> str:
        return f"{self.asset} {self.starts:%Y-%m-%d %H:%M}"


class StatisticPoint(models.Model):
    """One statistic of one feature of an asset over a span, beside the limit that held for its size."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="points")
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="points")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    feature = models.CharField(max_length=60)
    statistic = models.CharField(max_length=20)
    n = models.PositiveIntegerField()
    value = models.FloatField()
    limit = models.FloatField()
    shift = models.FloatField(null=True)

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "version", "feature", "statistic", "starts"], name="point_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.statistic} {self.feature} {self.value:.3g}"
