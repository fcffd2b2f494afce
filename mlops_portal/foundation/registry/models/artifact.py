"""Files known by their digest."""

from __future__ import annotations

from django.db import models


class Artifact(models.Model):
    """An immutable file in the portal's storage; ``kind`` is onnx, store (skops), dataset, reference (rows
    that a version learned from) or picture."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=12)
    size = models.PositiveBigIntegerField()
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
