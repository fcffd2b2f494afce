"""How far each step of the loop runs by itself, per model."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.registry.models.model import RegisteredModel


class Step(models.TextChoices):
    LABEL = "label", _("Ask for labels")
    RETRAIN = "retrain", _("Retrain")
    VALIDATE = "validate", _("Validate")
    RELEASE = "release", _("Release")


class Level(models.TextChoices):
    AUTO = "auto", _("By itself")
    ASK = "ask", _("Proposes, a person starts it")
    MANUAL = "manual", _("Only a person")


class AutomationLevel(models.Model):
    """The level of one step for one model; releasing by itself is refused by the database too."""

    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="automation")
    step = models.CharField(max_length=10, choices=Step)
    level = models.CharField(max_length=8, choices=Level)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "step"], name="automation_step_once"),
            models.CheckConstraint(
                condition=~Q(step=Step.RELEASE, level=Level.AUTO), name="release_is_never_automatic"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.get_level_display()}"
