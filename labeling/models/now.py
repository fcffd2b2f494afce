"""How versions judge parts as they are now."""

from __future__ import annotations

from django.db import models

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.registry.models import ModelVersion


class NowMeasure(models.Model):
    """``version`` beside ``champion`` on the parts since the happening; the newest of a version holds.

    ``body``: {"since", "until", "why", "alert", "disputed", "taught", "together": block, "machines": {asset:
    block}} with the blocks of ``labeling.compute.now.blocks``. ``rows``: the artifact that holds every row
    that it rests on, so that the figures can be worked out again.
    """

    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="now_measures")
    champion = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    body = models.JSONField(default=dict)
    rows = models.CharField(max_length=64, blank=True)
    labels = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version}: {self.at:%Y-%m-%d %H:%M}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("now_measure", str(self.pk), relation)
