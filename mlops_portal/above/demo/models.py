"""What somebody switched on at the demo plant; the simulator follows this table."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset


class Disturbance(models.Model):
    """One disturbance on one machine, from ``on_at`` until ``off_at``."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="+")
    key = models.CharField(_("Disturbance"), max_length=30)
    reading = models.CharField(_("Sensor"), max_length=60, blank=True)
    strength = models.FloatField(_("Strength"), default=1.0)
    on_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_at = models.DateTimeField()
    off_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-on_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "key", "reading"], condition=Q(off_at=None), name="disturbance_on_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.asset}"
