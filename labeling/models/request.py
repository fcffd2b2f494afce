"""Label requests and what people answered."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.transitions import CantTellWhy, RequestState
from labeling.transitions import RequestState as S
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Alert, SampledRow

BY_CHANCE = Q(why__random=True) | Q(why__hit=True)


class LabelRequest(models.Model):
    """A question to the people of a line: which of these is this part?

    ``why``: {"strategy", "measure", "value", "random": bool, "hit": bool, "text_key"}. ``random``: it was
    asked about because a draw by chance hit it; ``hit``: the draw hit it, but it was asked about anyway.
    ``inclusion_probability`` is that of the choice among the pool, 1 where it was asked about anyway. Leased
    to one person until ``leased_until``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    row = models.ForeignKey(SampledRow, models.PROTECT, related_name="requests")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, related_name="label_requests")
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    priority = models.SmallIntegerField(default=0)
    why = models.JSONField(default=dict)
    inclusion_probability = models.FloatField()
    for_expert = models.BooleanField(default=False)
    leased_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    leased_until = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-priority", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["row"],
                condition=Q(state__in=[S.OPEN, S.LEASED, S.ANSWERED, S.DISPUTED]),
                name="one_open_request_per_row",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.LEASED) | Q(leased_by__isnull=False), name="a_lease_has_a_person"
            ),
        ]
        indexes = [
            models.Index(
                fields=["line", "state", "for_expert", "-priority", "asked_at", "id"], name="request_next"
            )
        ]

    def __str__(self) -> str:
        return self.row.prediction.part_id

    @property
    def by_chance(self) -> bool:
        """Whether its answer says as much of the parts that come as any other (``BY_CHANCE``)."""
        return bool(self.why.get("random") or self.why.get("hit"))

    def ref(self, relation: str = "about") -> Ref:
        return Ref("label_request", str(self.pk), relation)


class Label(models.Model):
    """One person's answer: a class of the model, can't tell, or escalate; undone, never deleted.

    ``key``: the device's own name for the tap, so that it counts once however often it is sent.
    ``tapped_at``: when it was made, where it came later than that. ``opinion``: somebody else has the
    question or has answered it by now; it is kept beside the answer that counts. ``reason``: why somebody
    cannot tell; ``mark``: where the finger pointed, as ``rules.marks`` says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(LabelRequest, models.PROTECT, related_name="labels")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="labels")
    answer = models.CharField(max_length=40)
    model_said = models.CharField(max_length=40)
    key = models.UUIDField(null=True)
    reason = models.CharField(max_length=10, choices=CantTellWhy, blank=True)
    mark = models.JSONField(null=True)
    seconds = models.FloatField(null=True)
    opinion = models.BooleanField(default=False)
    expert = models.BooleanField(default=False)
    at = models.DateTimeField()
    tapped_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person"], condition=Q(undone_at=None), name="one_answer_per_person"
            ),
            models.UniqueConstraint(fields=["key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return self.answer

    def ref(self, relation: str = "about") -> Ref:
        return Ref("label", str(self.pk), relation)


class ReasonDoubt(models.Model):
    """The person of a label says that a reason of the model is wrong: its reading, ``feature``, is none."""

    label = models.ForeignKey(Label, models.PROTECT, related_name="doubts")
    feature = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["label", "feature"], name="one_doubt_per_reason")]

    def __str__(self) -> str:
        return self.feature
