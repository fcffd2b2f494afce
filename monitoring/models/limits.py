"""What was promised of false alarms, how windows are cut and kept, and the limits that follow."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.registry.models import ModelVersion, RegisteredModel
from monitoring.rules.judging import Rules


class FalseAlarmBudget(models.Model):
    """How many false alarms a week one line bears, for all its machines and readings together."""

    DEFAULT, LEAST, MOST = 1.0, 0.01, 100.0

    line = models.OneToOneField(Line, models.CASCADE, related_name="false_alarm_budget")
    per_week = models.FloatField(
        _("False alarms a week"), validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)]
    )
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(per_week__gt=0), name="budget_above_nothing")]

    def __str__(self) -> str:
        return f"{self.line}: {self.per_week:g}"


class WindowKind(models.TextChoices):
    TIME = "time", _("by time")
    COUNT = "count", _("by count")
    LOT = "lot", _("by lot")


class Watch(models.Model):
    """How one model is watched: where windows are cut, how patient alerts are, how long windows are kept."""

    model = models.OneToOneField(RegisteredModel, models.CASCADE, related_name="watch")
    window_kind = models.CharField(
        _("Windows are cut"), max_length=5, choices=WindowKind, default=WindowKind.TIME
    )
    window_parts = models.PositiveIntegerField(_("Parts a window"), default=200)
    persistence = models.PositiveSmallIntegerField(_("Windows in a row over the limit"), default=2)
    returned = models.FloatField(_("Share of the limit below which it has come back"), default=0.7)
    quiet_hours = models.PositiveSmallIntegerField(_("Hours of quiet after an alert"), default=24)
    keep_windows = models.PositiveSmallIntegerField(_("Days that single windows are kept"), default=14)
    keep_hours = models.PositiveSmallIntegerField(_("Days that hours are kept"), default=90)
    keep_days = models.PositiveSmallIntegerField(_("Days that days are kept"), default=730)
    set_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(persistence__gte=1, window_parts__gte=1, returned__gt=0, returned__lte=1),
                name="watch_in_range",
            ),
            models.CheckConstraint(
                condition=Q(keep_windows__gte=1, keep_hours__gte=models.F("keep_windows"))
                & Q(keep_days__gte=models.F("keep_hours")),
                name="coarser_is_kept_longer",
            ),
        ]

    def __str__(self) -> str:
        return str(self.model)

    @property
    def rules(self) -> Rules:
        plain = Rules()
        return Rules(
            persistence=self.persistence,
            returned=self.returned,
            quiet=timedelta(hours=self.quiet_hours),
            pause=plain.pause if self.window_kind == WindowKind.TIME else None,
        )


class LimitSet(models.Model):
    """The limits of a version on a line, worked out once and again when something that they rest on changed.

    ``body`` is ``drift.compute.limit_table``: sizes of windows, and per reading and statistic the limit and
    the smallest shift seen at each; "calibrated" says how sure the limits are, None while they are analytic.
    """

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="limit_sets")
    line = models.ForeignKey(Line, models.CASCADE, related_name="limit_sets")
    body = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "line"], name="limits_once")]

    def __str__(self) -> str:
        return f"{self.version}, {self.line}"


class Calibration(models.Model):
    """The grid of calibrations of a version (``detector.calibration_grid``), for windows of any size.

    ``persistence``: the windows in a row that it was worked out for; ``until``: a worker is at it until then
    at most. Until it is there (``made_at``), windows have analytic limits.
    """

    version = models.OneToOneField(ModelVersion, models.CASCADE, related_name="calibration")
    persistence = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.version)


class JudgingShard(models.Model):
    """Which worker judges a model's machines on a line, until when at most."""

    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="+")
    line = models.ForeignKey(Line, models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "line"], name="shard_once")]

    def __str__(self) -> str:
        return f"{self.model}, {self.line}"
