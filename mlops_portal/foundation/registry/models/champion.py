"""Which version an asset runs."""

from __future__ import annotations

from django.db import models

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models.version import ModelVersion


class Champion(models.Model):
    """The version that the node of an asset confirmed last, and under which release number."""

    asset = models.OneToOneField(Asset, models.CASCADE, related_name="champion")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="champion_on")
    number = models.PositiveIntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.asset}: {self.version}"
