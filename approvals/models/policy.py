"""What a model must show before it may be approved."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from approvals.transitions import Assurance
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.registry.models import RegisteredModel


class Policy(models.Model):
    """The gates and rules of one model, by version; the highest version holds.

    ``body``: the rules of ``approvals.rules`` that differ from the defaults, such as {"not_worse_by": 0.005,
    "label_share": 0.2, "valid_days": 7, "fewest_rows": 200, "parity": 1e-5}.
    """

    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    body = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["model", "-version"]
        constraints = [models.UniqueConstraint(fields=["model", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.model} policy {self.version}"


class LinePolicy(models.Model):
    """What the next ceremony will write into a line's roster; nodes know only the signed roster.

    ``quorum``: {role: how many different people}.
    """

    line = models.OneToOneField(Line, models.CASCADE, related_name="approval_policy")
    minimum_assurance = models.CharField(max_length=8, choices=Assurance, default=Assurance.PASSKEY)
    quorum = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.line}: {self.get_minimum_assurance_display()}"
