"""Golden samples, the checks run on them in the portal, and the rounds that people run through stations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from monitoring.transitions import ChangeVerb, RoundWhy


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


class GoldenPlan(models.Model):
    """When golden parts are due on the machines of a model, and whether a change of the set needs a second
    person. ``minutes``: how long after it is due a round is late."""

    model = models.OneToOneField(RegisteredModel, models.CASCADE, related_name="golden_plan")
    at_shift = models.BooleanField(_("At the start of each shift"), default=False)
    at_changeover = models.BooleanField(_("After a change of tool, lot, sensor or recipe"), default=False)
    minutes = models.PositiveIntegerField(_("Late after, minutes"), default=60)
    second_person = models.BooleanField(_("A change of the set needs a second person"), default=False)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.model)


class RoundState(models.TextChoices):
    DUE = "due", _("Due")
    RUNNING = "running", _("Running")
    PASSED = "passed", _("All seen right")
    FAILED = "failed", _("Not all seen right")
    MISSED = "missed", _("Not run")
    INCOMPLETE = "incomplete", _("Not all were run")


class GoldenRound(models.Model):
    """Golden parts on one machine, in the order in which a person is to put them in. ``set_digest`` names the
    set that was in force when it began; ``why_key`` what it was due for, so that it is due once."""

    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="golden_rounds")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="golden_rounds")
    why = models.CharField(max_length=12, choices=RoundWhy)
    why_key = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=RoundState, default=RoundState.DUE)
    order = models.JSONField(default=list)
    set_digest = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField()
    late_at = models.DateTimeField()
    told_late_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "model", "why_key"], name="golden_round_due_once"),
            models.UniqueConstraint(
                fields=["asset", "model"], condition=Q(state="running"), name="golden_round_running_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.due_at:%F %H:%M}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("golden_round", str(self.pk), relation)


class GoldenAnswer(models.Model):
    """What the station said of one golden part in one round. ``said`` "" where it could not be run, with the
    reason in ``note``. ``prediction``: the node's own judgement, where it named the part; else a person
    typed it."""

    round = models.ForeignKey(GoldenRound, models.CASCADE, related_name="answers")
    sample = models.ForeignKey(GoldenSample, models.PROTECT, related_name="answers")
    said = models.CharField(max_length=40, blank=True)
    confidence = models.FloatField(null=True)
    right = models.BooleanField()
    prediction = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["round", "sample"], name="golden_answer_once")]

    def __str__(self) -> str:
        return f"{self.sample}: {self.said}"


class GoldenChange(models.Model):
    """A change of the set that waits for a second person; ``agreed`` None until somebody has decided."""

    sample = models.ForeignKey(GoldenSample, models.PROTECT, related_name="changes")
    verb = models.CharField(max_length=12, choices=ChangeVerb)
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sample"], condition=Q(agreed=None), name="golden_change_waits_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sample}: {self.verb}"
