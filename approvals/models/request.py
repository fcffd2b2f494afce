"""Approval requests and signed decisions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from approvals.models.evidence import EvidencePack
from approvals.models.policy import Policy
from approvals.transitions import ApprovalState, Assurance, Verdict
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models import ModelVersion


class ApprovalRequest(models.Model):
    """The question whether a version may run on assets of one line.

    ``numbers``: {asset slug: release number}; ``champions``: {asset slug: artifact digest running now or ""}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="approval_requests")
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    assets = models.ManyToManyField(Asset, related_name="+")
    numbers = models.JSONField(default=dict)
    champions = models.JSONField(default=dict)
    fallback_digest = models.CharField(max_length=64, blank=True)
    golden_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.DRAFT)
    evidence = models.ForeignKey(EvidencePack, models.PROTECT, related_name="requests")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    not_after = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "line"],
                condition=Q(state__in=["draft", "submitted"]),
                name="one_open_approval_per_version_and_line",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} → {self.line}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("approval_request", str(self.pk), relation)


class Decision(models.Model):
    """What one person signed: the exact statement bytes and the envelope that proves it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    role = models.CharField(max_length=20)
    verdict = models.CharField(max_length=8, choices=Verdict)
    assurance = models.CharField(max_length=8, choices=Assurance)
    comment = models.TextField(blank=True)
    statement = models.TextField()
    envelope = models.JSONField()
    opened_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="one_decision_per_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.verdict}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("decision", str(self.pk), relation)
