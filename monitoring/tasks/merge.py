"""Merging what nodes sent."""

from __future__ import annotations

from celery import shared_task

from mlops_portal.ledger.channel import channel
from mlops_portal.shell.jobs import enqueue
from monitoring.models import TelemetryBatch
from monitoring.models.telemetry import BatchState
from monitoring.services.merging import batch_merge

MOST = 200


@shared_task(name="monitoring.merge")
def merge(batch_id: int | None = None) -> int:
    """Merge one batch, or all that wait (whatever the broker lost); the number merged."""
    waiting = TelemetryBatch.objects.filter(state=BatchState.RECEIVED).select_related("node__line")
    if batch_id is not None:
        waiting = waiting.filter(pk=batch_id)
    with channel("task"):
        merged = sum(batch_merge(batch=batch) for batch in waiting.order_by("node", "sequence")[:MOST])
    if merged:
        enqueue("monitoring.judge")
    return merged
