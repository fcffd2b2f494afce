"""What people changed at the machine."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset


class ChangeKind(models.TextChoices):
    TOOL = "tool", _("Tool")
    LOT = "lot", _("Lot")
    SENSOR = "sensor", _("Sensor")
    RECIPE = "recipe", _("Recipe")


class ProcessChange(models.Model):
    """A recorded change of tool, material, sensor or recipe."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="changes")
    kind = models.CharField(_("What"), max_length=10, choices=ChangeKind)
    value = models.CharField(_("Now"), max_length=80, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
