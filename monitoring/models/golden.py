"""Golden samples and the checks run on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel


class GoldenSample(models.Model):
    """A part with a truth that a named skilled person gave; the model must give that truth at least
    ``tolerance`` probability, and every ``safety`` sample must be judged right. No training may have it, nor
    its like (``compute.apart``).
    One that is ``waiting`` is kept out of training already, and tests nothing yet.
    A ``borderline`` one lies between two classes, as a skilled person says: it is run and shown, and no gate
    hangs on it."""

    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="golden")
    code = models.CharField(_("Code"), max_length=20)
    part = models.CharField(max_length=200, blank=True, help_text=_("The part's id, where it is known"))
    readings = models.JSONField(default=dict)
    truth = models.CharField(max_length=40)
    tolerance = models.FloatField(default=0.5)
    safety = models.BooleanField(default=False)
    borderline = models.BooleanField(default=False)
    waiting = models.BooleanField(default=False, help_text=_("Until a second person has agreed to it"))
    place = models.CharField(_("Where it is kept"), max_length=60, blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["model", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "code"], condition=Q(retired_at=None), name="golden_code_once"
            ),
            models.CheckConstraint(
                condition=Q(safety=False) | Q(borderline=False), name="golden_safety_is_clear"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def ref(self, relation: str = "about") -> Ref:
        return Ref("golden_sample", f"{self.model.slug}/{self.code}", relation)


class GoldenProposal(models.Model):
    """A part that may become a golden sample; until a person has decided, no training may have it either."""

    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="golden_proposals")
    part = models.CharField(max_length=200)
    readings = models.JSONField(default=dict)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["model", "pk"]

    def __str__(self) -> str:
        return self.part


class GoldenCheck(models.Model):
    """The golden set run against one version in the portal; the set is known by its digest.

    ``results``: [{"code", "truth", "said", "probability", "tolerance", "safety", "borderline", "passed",
    "taught"}], where ``taught`` says why the version knows the part from its training
    (``compute.apart.REASONS``), "" where it does not, and "unknown" where nobody here knows what it was
    taught. ``passed`` is about the clear ones.
    """

    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="golden_checks")
    set_digest = models.CharField(max_length=64)
    results = models.JSONField(default=list)
    passed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["version", "set_digest"], name="golden_check_once")]

    def __str__(self) -> str:
        return f"{self.version}: {'passed' if self.passed else 'failed'}"
