"""Tables of the past that back-tests read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from mlops_portal.above.backtests.transitions import TableState
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.registry.models import Dataset


class PastTable(models.Model):
    """A file in the portal's storage and what a first reading found in it.

    ``columns``: [{"name", "kind", "distinct", "missing"}] in the order of the file; ``owned``: the file goes
    with the row (an uploaded one does, a model's dataset does not). ``guesses``: what its reader took and
    asks (``tables.said``); ``answers`` to that, by key.
    """

    name = models.CharField(max_length=200)
    path = models.CharField(max_length=300, unique=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField()
    owned = models.BooleanField(default=True)
    dataset = models.ForeignKey(Dataset, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=TableState, default=TableState.READING)
    problem = models.CharField(max_length=400, blank=True)
    rows = models.PositiveIntegerField(null=True)
    columns = models.JSONField(default=list)
    guesses = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["-added_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> list[str]:
        columns: list[dict[str, Any]] = self.columns
        return [str(one["name"]) for one in columns]

    def ref(self, relation: str = "about") -> Ref:
        return Ref("past_table", str(self.pk), relation)
