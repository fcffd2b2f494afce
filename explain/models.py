"""Stored explanations: computed by the explain worker, read by pages."""

from __future__ import annotations

from django.db import models

from mlops_portal.foundation.registry.models import ModelVersion


class Explanation(models.Model):
    """SHAP values of one part, of the parts behind an alert, or of a candidate.

    ``values``: {feature: contribution to the log-odds of ``label``}; ``base`` and their sum are compared with
    the model's own ``output``, ``difference`` is the largest gap over the rows; ``reasons``: at most three,
    [{"feature", "share", "direction", "value", "low", "high"}].
    """

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="explanations")
    subject_kind = models.CharField(max_length=12)
    subject_id = models.CharField(max_length=80)
    label = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict)
    base = models.FloatField(default=0.0)
    output = models.FloatField(default=0.0)
    difference = models.FloatField(default=0.0)
    rows = models.PositiveIntegerField(default=1)
    reasons = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "subject_kind", "subject_id"], name="explanation_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"
