"""What a model may decide alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mlops_portal.foundation.registry.models.model import RegisteredModel


class AskZone(models.Model):
    """What a person promises of the parts that a model decides alone: at most a share ``wrong_share`` of them
    is wrong, with certainty ``certainty``. Each version's training proves a threshold for it, or says that
    none can be proven; below it a person is asked."""

    model = models.OneToOneField(RegisteredModel, models.CASCADE, related_name="ask_zone")
    wrong_share = models.FloatField()
    certainty = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrong_share__gt=0, wrong_share__lt=1, certainty__gt=0, certainty__lt=1),
                name="ask_zone_shares",
            )
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.wrong_share:.1%}, {self.certainty:.1%}"
