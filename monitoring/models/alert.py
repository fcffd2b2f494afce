"""Alerts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mlops_portal.ledger.refs import Ref
from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from monitoring.transitions import AlertState, Cause


class AlertKind(models.TextChoices):
    DATA_DRIFT = "data_drift", _("data drift")
    MODEL_DRIFT = "model_drift", _("model drift")
    PROCESS_DRIFT = "process_drift", _("process drift")


class Alert(models.Model):
    """One happening on one asset; features that move later join it instead of raising another.

    ``features``: {key: {"statistic", "value", "limit", "shift", "first": ISO time}}; ``feature`` is the
    largest of them. ``where``: {key: what ``compute.contrast`` found of that reading}, by a worker.
    """

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="alerts")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=16, choices=AlertKind)
    state = models.CharField(max_length=14, choices=AlertState, default=AlertState.OPEN)
    feature = models.CharField(max_length=60, blank=True)
    features = models.JSONField(default=dict)
    where = models.JSONField(default=dict)
    since = models.DateTimeField()
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
                condition=~Q(state="resolved"),
                name="one_open_alert_per_asset_and_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | ~Q(cause=""), name="resolved_alert_has_a_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.get_kind_display()}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("alert", str(self.pk), relation)
