"""Drift reports that somebody asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.models import Job


class ReportState(models.TextChoices):
    ASKED = "asked", _("Being worked out")
    MADE = "made", _("Made")
    FAILED = "failed", _("Failed")


class DriftReport(models.Model):
    """What a machine's readings were like in [since, until), beside what the version learned.

    ``question`` finds the same question again: ``day``, ``week`` or ``month`` up to the moment of asking, or
    both ends in UTC, the second empty where it was not said. ``body`` is ``tasks.report.body_of``.
    """

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="drift_reports")
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="drift_reports")
    question = models.CharField(max_length=80)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=6, choices=ReportState, default=ReportState.ASKED)
    problem = models.CharField(max_length=400, blank=True)
    body = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "version", "question"],
                condition=Q(state=ReportState.ASKED),
                name="report_asked_once",
            ),
            models.CheckConstraint(condition=Q(since__lt=models.F("until")), name="report_of_a_span"),
        ]
        indexes = [models.Index(fields=["asset", "version", "question", "-id"], name="report_newest")]

    def __str__(self) -> str:
        return f"{self.asset}, {self.since:%Y-%m-%d %H:%M} – {self.until:%Y-%m-%d %H:%M}"

    @property
    def topic(self) -> str:
        return f"drift-report:{self.pk}"
