"""Back-tests: what choices would have done on the past."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from mlops_portal.above.backtests.models.table import PastTable
from mlops_portal.above.backtests.transitions import OPEN, Kind, State
from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.shell.models import Job


class BackTest(models.Model):
    """One set of choices, played on one table.

    ``parameters`` by their keys (``parameters.PARAMETERS``); ``summary``: the few figures that lists and
    comparisons show; ``result``: what the pictures need; ``result_path``: the whole of it
    as JSON in the storage.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120)
    table = models.ForeignKey(PastTable, models.PROTECT, related_name="backtests")
    reference = models.ForeignKey(PastTable, models.PROTECT, null=True, related_name="+")
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    error = models.CharField(max_length=400, blank=True)
    summary = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    result_path = models.CharField(max_length=300, blank=True)
    seconds = models.FloatField(null=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["kind", "-created_at"], name="backtest_kind_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def over(self) -> bool:
        return self.state not in OPEN

    @property
    def topic(self) -> str:
        return f"backtest:{self.pk}"

    def ref(self, relation: str = "about") -> Ref:
        return Ref("backtest", str(self.pk), relation)
