"""Model versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.registry.models.artifact import Artifact
from mlops_portal.foundation.registry.models.model import RegisteredModel
from mlops_portal.foundation.registry.transitions import VersionState


class ModelVersion(models.Model):
    """One trained model: its ONNX artifact, what it was trained on, and how well it did when it was proposed.

    ``reference``: the frozen distribution, {"features": {key: {"edges", "counts", "mean", "sd", "phi", and
    of words "categories", how many}}, "classes": {key: count}, "confidence": […], "dependence": how readings
    hang together, "n": rows, "spacing": how far they lie apart, "rows": the artifact that keeps those of one
    machine in the order of time}; its RFC 8785 digest is ``reference_digest``.
    ``measures``: {"holdout": {"n", "macro_f1", …}, "per_class": {…}, "left_out": {"readings", "classes"},
    which the training could not use}; ``parity``: {"rows", "largest",
    "labels_equal"}.
    """

    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.CANDIDATE)
    artifact = models.ForeignKey(Artifact, models.PROTECT, related_name="+")
    store = models.ForeignKey(Artifact, models.PROTECT, null=True, related_name="+")
    pipeline = models.CharField(max_length=80)
    manifest_digest = models.CharField(max_length=64, blank=True)
    reference = models.JSONField(default=dict)
    reference_digest = models.CharField(max_length=64)
    measures = models.JSONField(default=dict)
    parity = models.JSONField(default=dict)
    run_id = models.CharField(_("MLflow run"), max_length=64, blank=True)
    trained_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["model", "-number"]
        constraints = [models.UniqueConstraint(fields=["model", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.number}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("model_version", f"{self.model.slug}/{self.number}", relation)
