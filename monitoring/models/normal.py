"""A level that a person took as the new normal of a measure."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from mlops_portal.foundation.ledger.refs import Ref
from monitoring.models.measure import Measure


class NewNormal(models.Model):
    """Since when the level is normal, who said so and why. ``before``: what the measure's reference was
    ({"reference_from", "reference_to", "fitted", "problem"}), so that it can be taken back; ``cause``: the
    deed on a part, where a joint measure was taken along."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="normals")
    since = models.DateTimeField()
    reason = models.CharField(max_length=500)
    before = models.JSONField(default=dict)
    cause = models.ForeignKey("self", models.PROTECT, null=True, related_name="taken_along")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.reason

    def ref(self, relation: str = "about") -> Ref:
        return Ref("new_normal", str(self.pk), relation)
