"""Training manifests."""

from __future__ import annotations

from django.db import models

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.registry.models import RegisteredModel


class TrainingManifest(models.Model):
    """Exactly which rows a run trained on, as RFC 8785 text known by its SHA-256 (see ``wire.manifest``)."""

    digest = models.CharField(primary_key=True, max_length=64)
    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="manifests")
    body = models.TextField()
    rows = models.PositiveIntegerField()
    per_asset = models.JSONField(default=dict)
    per_person = models.JSONField(default=dict)
    per_source = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]

    def ref(self, relation: str = "about") -> Ref:
        return Ref("manifest", self.digest, relation)
