"""Merging what nodes sent."""

from __future__ import annotations

from celery import shared_task
from structlog import get_logger

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.intake.services.merging import batch_merge
from monitoring.models import TelemetryBatch
from monitoring.models.telemetry import BatchState

MOST = 200
log = get_logger(__name__)


@shared_task(name="monitoring.merge")
def merge(batch_id: int | None = None) -> int:
    """Merge one batch, or what waits (whatever the broker lost), as many of each node; the number merged."""
    with channel("task"):
        merged = sum(_merged(pk) for pk in ([batch_id] if batch_id is not None else _waiting()))
    if merged:
        enqueue("monitoring.judge")
    return merged


def _waiting() -> list[int]:
    """The oldest batches of every node, so that none waits behind another's backlog."""
    received = TelemetryBatch.objects.filter(state=BatchState.RECEIVED)
    nodes = list(received.order_by("node").values_list("node", flat=True).distinct())
    share = max(1, MOST // max(1, len(nodes)))
    return [
        pk
        for node in nodes
        for pk in received.filter(node=node).order_by("sequence").values_list("pk", flat=True)[:share]
    ]


def _merged(pk: int) -> bool:
    """Whether it was; one that fails leaves those behind it alone, and is tried again in the next round."""
    try:
        batch = TelemetryBatch.objects.select_related("node__line").get(pk=pk, state=BatchState.RECEIVED)
        return batch_merge(batch=batch)
    except TelemetryBatch.DoesNotExist:
        return False
    except Exception:
        log.exception("batch_not_merged", batch=pk)
        return False
