"""How well a version judges, hour by hour: what its confidences let expect, and what inspection saw."""

from __future__ import annotations

from django.db import models

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion


class Performance(models.Model):
    """One asset and version over one hour (``seconds`` 3600) or day (86400, in UTC).

    ``expected`` and ``seen``: {measure: {"value", "low", "high"}}, of ``n`` judgements and of ``truths``
    parts (an effective number); ``source`` says whose truths. ``tallies`` merge by addition
    (``compute.performance.tally``). ``stale``: something came in since.
    """

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="performance")
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="performance")
    starts = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    n = models.PositiveIntegerField(default=0)
    truths = models.FloatField(default=0)
    source = models.CharField(max_length=20, blank=True)
    expected = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    tallies = models.JSONField(default=dict)
    stale = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "version", "seconds", "starts"], name="performance_once")
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.version} {self.starts:%Y-%m-%d %H:%M}"
