"""What a model said about a part, and the readings that were sent with it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.registry.models import Artifact, ModelVersion


class Prediction(models.Model):
    """The compact record of one judgement. ``id`` is the node's own: "node-1:48213"."""

    id = models.CharField(primary_key=True, max_length=80)
    node = models.ForeignKey(Node, models.PROTECT, related_name="predictions")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="predictions")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="predictions")
    activation = models.CharField(
        max_length=80, help_text=_("Which release judged: asset and release number")
    )
    part_id = models.CharField(max_length=60, db_index=True)
    lot = models.CharField(max_length=40, blank=True)
    recipe = models.CharField(max_length=40, blank=True)
    tool = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(db_index=True)
    label = models.CharField(max_length=40)
    confidence = models.FloatField()
    asks = models.BooleanField(default=False, help_text=_("Too unsure to be decided without a person"))
    truth = models.CharField(max_length=40, blank=True)
    truth_at = models.DateTimeField(null=True)
    truth_source = models.CharField(max_length=20, blank=True)
    contradicted = models.BooleanField(default=False, help_text=_("Inspections of it disagree"))

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["asset", "at"], name="prediction_asset_at")]

    def __str__(self) -> str:
        return f"{self.part_id}: {self.label}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("prediction", self.pk, relation)


class Reason(models.TextChoices):
    RANDOM = "random", _("random share")
    UNCERTAIN = "uncertain", _("the model was unsure")
    OUT_OF_REFERENCE = "out_of_reference", _("a reading the model never saw")
    GOLDEN = "golden", _("golden sample")
    REQUESTED = "requested", _("asked for")
    ASKED = "asked", _("a person was to decide")


class SampledRow(models.Model):
    """The readings of one part, with the reason they were sent and the probability of being sent."""

    prediction = models.OneToOneField(Prediction, models.CASCADE, related_name="row")
    readings = models.JSONField(default=dict)
    probabilities = models.JSONField(default=dict)
    reason = models.CharField(max_length=20, choices=Reason)
    inclusion_probability = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(inclusion_probability__gt=0, inclusion_probability__lte=1),
                name="row_probability_range",
            )
        ]

    def __str__(self) -> str:
        return self.prediction.part_id


class Picture(models.Model):
    """A picture of a part: ``view`` is colour or depth."""

    prediction = models.ForeignKey(Prediction, models.CASCADE, related_name="pictures")
    view = models.CharField(max_length=10)
    artifact = models.ForeignKey(Artifact, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prediction", "view"], name="picture_once")]

    def __str__(self) -> str:
        return f"{self.prediction_id} {self.view}"
