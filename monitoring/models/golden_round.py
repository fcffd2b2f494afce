"""Golden parts that people run through the station, and what the station said of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import RegisteredModel
from monitoring.models.golden import GoldenSample
from monitoring.transitions import ChangeVerb, RoundWhy


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
