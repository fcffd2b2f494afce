"""Versions that somebody registered in the MLflow server."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.registry.models.model import RegisteredModel
from mlops_portal.foundation.registry.models.version import ModelVersion


class OutsideVersion(models.Model):
    """One of them, met once: it became ``version``, or was refused for ``reason``."""

    class State(models.TextChoices):
        TAKEN = "taken", _("became a candidate")
        REFUSED = "refused", _("refused")

    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="outside_versions")
    number = models.CharField(_("Version in MLflow"), max_length=20)
    run_id = models.CharField(_("MLflow run"), max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State)
    reason = models.CharField(max_length=400, blank=True)
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    created_ms = models.BigIntegerField(help_text=_("When MLflow says that it was made, ms since 1970"))
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["model", "number", "created_ms"], name="outside_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.model.slug}/{self.number} (MLflow)"
