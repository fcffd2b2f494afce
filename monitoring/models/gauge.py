"""Studies of the measuring system behind a measure."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from monitoring.models.measure import Measure


class GaugeKind(models.TextChoices):
    TYPE_1 = "type_1", _("Type 1: one part of known value, measured by one person")
    TYPE_2 = "type_2", _("Type 2: several parts, measured by several people")
    TYPE_3 = "type_3", _("Type 3: several parts, no influence of people")


class GaugeState(models.TextChoices):
    COMPUTING = "computing", _("Being computed")
    TOLD = "told", _("Computed")
    REFUSED = "refused", _("Cannot be told")


class GaugeVerdict(models.TextChoices):
    CAPABLE = "capable", _("capable")
    BARELY = "barely", _("capable under conditions")
    NOT = "not", _("not capable")


class GaugeStudy(models.Model):
    """What people measured (``rows``: [part, person, value]) and what it says of the measuring system.

    ``tolerance``: the width that the drawing allows, empty where there is none; ``reference``: the known
    value of the part of a type 1 study. ``result``: ``gauges.compute.studies``; ``problem``: why there is
    none.
    """

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="gauge_studies")
    kind = models.CharField(max_length=6, choices=GaugeKind)
    rows = models.JSONField(default=list)
    tolerance = models.FloatField(null=True)
    reference = models.FloatField(null=True)
    resolution = models.FloatField(null=True)
    equipment = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=GaugeState, default=GaugeState.COMPUTING)
    result = models.JSONField(default=dict)
    problem = models.CharField(max_length=20, blank=True)
    verdict = models.CharField(max_length=8, choices=GaugeVerdict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.equipment}: {self.get_kind_display()}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("gauge_study", str(self.pk), relation)
