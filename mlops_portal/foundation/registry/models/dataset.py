"""Tables of past parts."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.registry.models.artifact import Artifact
from mlops_portal.foundation.registry.models.model import RegisteredModel


class Dataset(models.Model):
    """Past parts with their inspection results, on which a model's versions build; the newest one counts.

    The file is Parquet with a column for each feature (float, null where missing), and ``label``, ``part``,
    ``asset`` (text) and ``at`` (timestamp with zone). Categories are kept as their codes. ``ordered``: ``at``
    says when the parts were made; False where the table has no time, and ``at`` means nothing.
    """

    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="datasets")
    artifact = models.ForeignKey(Artifact, models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()
    ordered = models.BooleanField(default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["model", "artifact"], name="dataset_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.artifact_id[:12]}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("dataset", self.artifact_id, relation)
