"""Alerts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models.measure import Measure
from monitoring.transitions import AlertState, Cause


class AlertKind(models.TextChoices):
    DATA_DRIFT = "data_drift", _("data drift")
    MODEL_DRIFT = "model_drift", _("model drift")
    PROCESS_DRIFT = "process_drift", _("process drift")
    BUSINESS = "business", _("business figure")


class Alert(models.Model):
    """One happening on one asset; features that move later join it instead of raising another.

    It is about a model's version on an asset, or about a measure: then there is no version, and no asset
    where the measure is of a whole line.

    ``features``: {key: {"statistic", "value", "limit", "shift", "first": ISO time}}; ``feature`` is the
    largest of them. ``where``: {key: what ``compute.contrast`` found of that reading}, by a worker.
    ``evidence``: whether its readings still fit one another (``drift.tasks.relations``), by a worker.
    ``known_until``: the end of the newest window that had been judged when it opened; parts after it are
    fresh. ``together``: what ``drift.compute.multivariate`` found of fresh parts, by a worker.
    """

    asset = models.ForeignKey(Asset, models.PROTECT, null=True, related_name="alerts")
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="alerts")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, related_name="alerts")
    kind = models.CharField(max_length=16, choices=AlertKind)
    state = models.CharField(max_length=14, choices=AlertState, default=AlertState.OPEN)
    feature = models.CharField(max_length=60, blank=True)
    features = models.JSONField(default=dict)
    where = models.JSONField(default=dict)
    together = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    since = models.DateTimeField()
    known_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=16, choices=Cause, blank=True)
    comment = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "kind"],
                condition=~Q(state="resolved") & Q(measure=None),
                name="one_open_alert_per_asset_and_kind",
            ),
            models.UniqueConstraint(
                fields=["measure"], condition=~Q(state="resolved"), name="one_open_alert_per_measure"
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False, asset__isnull=False, measure=None)
                | Q(version=None, measure__isnull=False),
                name="alert_of_a_version_or_a_measure",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | ~Q(cause=""), name="resolved_alert_has_a_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.get_kind_display()}"

    @property
    def place(self) -> str:
        """The machine, or the line where it is about the whole of it."""
        return str(self.asset or self.line)

    @property
    def machine(self) -> Asset:
        """Of an alert about a version."""
        assert self.asset is not None  # a constraint
        return self.asset

    @property
    def judged_by(self) -> ModelVersion:
        """The version that an alert is about, where it is about one."""
        assert self.version is not None  # a constraint
        return self.version

    @property
    def line(self) -> Line:
        if self.asset is not None:
            return self.asset.line
        assert self.measure is not None  # a constraint
        return self.measure.line

    def ref(self, relation: str = "about") -> Ref:
        return Ref("alert", str(self.pk), relation)
