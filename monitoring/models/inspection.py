"""What inspection, or a person, found of a part: every result that came, also those that do not count."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from mlops_portal.foundation.ledger.refs import Ref
from monitoring.models.prediction import Prediction


class Inspection(models.Model):
    """One result for one judgement of a part. ``at`` is when the part was inspected, ``arrived_at`` when the
    portal heard of it; the newest by ``at`` counts and stands in the prediction. ``charted_at``: when it went
    into the model's error (``StatisticPoint`` of ":error")."""

    prediction = models.ForeignKey(Prediction, models.CASCADE, related_name="inspections")
    truth = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    at = models.DateTimeField()
    arrived_at = models.DateTimeField(db_index=True)
    charted_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prediction", "source", "at", "truth"], name="inspection_result_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["prediction"], condition=models.Q(charted_at=None), name="inspection_uncharted"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prediction_id}: {self.truth}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("inspection", str(self.pk), relation)
