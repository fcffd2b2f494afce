"""Evidence packs."""

from __future__ import annotations

from django.db import models

from mlops_portal.foundation.registry.models import ModelVersion


class EvidencePack(models.Model):
    """Everything that a decision rests on, frozen as RFC 8785 text and known by its SHA-256."""

    digest = models.CharField(primary_key=True, max_length=64)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="evidence")
    body = models.TextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]
