"""Onboardings: a plant's table on its way to a model."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labeling.models import RetrainRun
from mlops_portal.above.onboarding.transitions import OnboardingState
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.plant.models import AssetType, Site
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.models import Job


class Onboarding(models.Model):
    """One table. Nothing of it is in the registry before a person agreed.

    - ``asked``: what was said at the upload: {"target", "time", "part", "line", "template"}, each perhaps
      "", "answers" to what the reader asks, by key; "accept": every guess is taken.
    - ``preview``: {"header", "rows", "format", "guesses": what the reader guessed and asks}; ``facts``: by
      column name, see ``compute.facts``.
    - ``schema``: {"columns": […], "corrected": what a person said, by column and field}; ``plan``: {"limits",
      "classes", "words", "part_from", "window_seconds"}.
    - ``problems``: [{"code", "sentence", "column", "row", "blocking"}] of the last check.
    - ``golden``: parts proposed as golden samples, each with its ``state``; None until they were picked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(max_length=60)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    asset_type = models.ForeignKey(AssetType, models.PROTECT, null=True, related_name="+")
    type_name = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, choices=OnboardingState, default=OnboardingState.RECEIVED)
    asked = models.JSONField(default=dict)
    file_path = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200)
    file_size = models.PositiveBigIntegerField()
    file_digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(default=0)
    preview = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    schema = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    golden = models.JSONField(null=True)
    error = models.CharField(max_length=400, blank=True)
    model = models.ForeignKey(RegisteredModel, models.PROTECT, null=True, related_name="onboardings")
    run = models.ForeignKey(RetrainRun, models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=~Q(state=OnboardingState.UNDONE), name="onboarding_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def ref(self, relation: str = "about") -> Ref:
        return Ref("onboarding", str(self.pk), relation)

    @property
    def topic(self) -> str:
        return f"onboarding:{self.pk}"

    @property
    def blocking(self) -> int:
        return sum(bool(one["blocking"]) for one in self.problems)
