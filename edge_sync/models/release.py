"""Releases: an approved version on its way to assets."""

from __future__ import annotations

from django.db import models

from approvals.models import ApprovalRequest
from edge_sync.transitions import NodeState, ReleaseState
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset


class Release(models.Model):
    """One approval, published. An approval is claimed by at most one release."""

    approval = models.OneToOneField(ApprovalRequest, models.PROTECT, related_name="release")
    state = models.CharField(max_length=10, choices=ReleaseState, default=ReleaseState.STAGED)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.approval.version} → {self.approval.line}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("release", str(self.pk), relation)


class ReleaseTarget(models.Model):
    """One asset of a release, with its number there and what its node last reported."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="targets")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="release_targets")
    number = models.PositiveIntegerField()
    descriptor_digest = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=14, choices=NodeState, default=NodeState.DESIRED)
    reason = models.CharField(max_length=240, blank=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asset", "-number"]
        constraints = [models.UniqueConstraint(fields=["asset", "number"], name="release_number_once")]

    def __str__(self) -> str:
        return f"{self.asset} {self.number}"

    def ref(self, relation: str = "about") -> Ref:
        """Telemetry names it so too: “asset/number” is its activation."""
        return Ref("release_target", f"{self.asset.slug}/{self.number}", relation)
