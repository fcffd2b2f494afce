"""What nodes say of themselves."""

from __future__ import annotations

from django.db import models

from edge_sync.transitions import OF_THE_NODE, reported_words
from mlops_portal.foundation.plant.models import Asset, Node
from mlops_portal.foundation.wire.formats import FIRST


class NodeStatus(models.Model):
    """The last thing known of a node: when it was heard and what runs there.

    ``body`` holds what its agent can do (``capabilities``), and names what it says that this portal does not
    read (``unread``).
    """

    node = models.OneToOneField(Node, models.CASCADE, related_name="status")
    heard_at = models.DateTimeField(null=True)
    agent_version = models.CharField(max_length=40, blank=True)
    backlog = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.node}"

    @property
    def capabilities(self) -> list[str]:
        return list(self.body.get("capabilities", FIRST))

    @property
    def unread(self) -> list[str]:
        return list(self.body.get("unread", ()))


class NodeReport(models.Model):
    """One signed report of a step of an activation, in the node's own order; it arrives exactly once."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="reports")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField()
    artifact = models.CharField(max_length=64)
    state = models.CharField(max_length=14)
    reason = models.CharField(max_length=240, blank=True)
    body = models.TextField()
    signature = models.CharField(max_length=128)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["node", "sequence"], name="node_report_once")]

    def __str__(self) -> str:
        return f"{self.node} {self.state}"

    @property
    def state_words(self) -> str:
        return reported_words(self.state)

    @property
    def of_the_node(self) -> bool:
        """Whether it speaks of the whole node, not of a release on its machine."""
        return self.state in OF_THE_NODE


class EnrolmentToken(models.Model):
    """Lets one node enrol its key once, until it expires; only the token's SHA-256 is kept."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="enrolment_tokens")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.node} {self.digest[:8]}"
