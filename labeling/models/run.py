"""Retrain runs and their steps."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.manifest import TrainingManifest
from labeling.transitions import RunState, RunStepName, StepState, Trigger
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from monitoring.models import Alert


class RetrainRun(models.Model):
    """One training from a manifest to a candidate."""

    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="retrain_runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PROPOSED)
    trigger = models.CharField(max_length=16, choices=Trigger)
    reason = models.CharField(max_length=240, blank=True)
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, related_name="retrain_runs")
    parameters = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    manifest = models.ForeignKey(TrainingManifest, models.PROTECT, null=True, related_name="runs")
    candidate = models.OneToOneField(ModelVersion, models.PROTECT, null=True, related_name="retrain_run")
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["model"],
                condition=Q(state__in=[RunState.PROPOSED, RunState.STARTED]),
                name="one_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.pk}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("retrain_run", str(self.pk), relation)


class RunStep(models.Model):
    """One step of a run, in the order of ``labeling.transitions.RunStepName``.

    ``result`` is what later steps need of it: digests of artifacts, measures.
    """

    run = models.ForeignKey(RetrainRun, models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=StepState, default=StepState.WAITING)
    output = models.CharField(max_length=400, blank=True)
    result = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["run", "order"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_step_once")]

    def __str__(self) -> str:
        return str(RunStepName(self.name).label)

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()
