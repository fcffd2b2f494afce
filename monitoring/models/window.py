"""Windows: mergeable counts of what was read and judged."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion


class Counted(models.Model):
    """Counts of one asset, version, lot, recipe and shift over one span of time.

    ``counts``: {feature: [int, …]} in the bins of the version's reference (with an outer bin on both sides
    and one for missing at the end); ``moments``: {feature: [n, sum, sum of squares, sum of lag-1 products,
    lag-1 pairs]}; ``classes``: {class: n}; ``confidence``: [int] * 20. They merge by addition.
    ``packed`` holds counts and moments again as bytes (``rules.encoding``), which past reports add up; it is
    written with them.
    """

    lot = models.CharField(max_length=40, blank=True)
    recipe = models.CharField(max_length=40, blank=True)
    shift = models.CharField(max_length=40, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    n = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    moments = models.JSONField(default=dict)
    classes = models.JSONField(default=dict)
    confidence = models.JSONField(default=list)
    packed = models.BinaryField(default=bytes)

    class Meta:
        abstract = True
        ordering = ["starts"]

    def __str__(self) -> str:
        return f"{self.starts:%Y-%m-%d %H:%M}, {self.n}"


class Window(Counted):
    """As a node cut it. ``span`` names the span that it is judged in, by its start (``rules.spans``)."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="windows")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="windows")
    span = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta(Counted.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "version", "lot", "recipe", "shift", "starts"], name="window_once"
            )
        ]
        indexes = [
            models.Index(fields=["asset", "starts"], name="window_asset_starts"),
            models.Index(fields=["asset", "version", "span"], name="window_span"),
        ]


class Resolution(models.TextChoices):
    HOUR = "hour", _("hour")
    DAY = "day", _("day")
    MONTH = "month", _("month")


class Rollup(Counted):
    """Old windows merged to an hour, a day or a month (UTC); a month no longer tells lots apart."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="rollups")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="rollups")
    grain = models.CharField(max_length=5, choices=Resolution)

    class Meta(Counted.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "version", "grain", "lot", "recipe", "shift", "starts"], name="rollup_once"
            )
        ]
        indexes = [models.Index(fields=["asset", "version", "starts"], name="rollup_starts")]


class StatisticPoint(models.Model):
    """One statistic of one feature of an asset over a span, beside the limit that held for its size."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="points")
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="points")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    feature = models.CharField(max_length=60)
    statistic = models.CharField(max_length=20)
    n = models.PositiveBigIntegerField()
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
