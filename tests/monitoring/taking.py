"""Batches sent and merged, and what became of their records."""

from __future__ import annotations

import json

from monitoring.intake.services.merging import batch_merge
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Prediction, Quarantined
from monitoring.models.telemetry import BatchState

STRANGE = "cd" * 32  # the digest of a model that nobody knows


def take(floor, *, node=None, **parts):
    """Send a batch and merge it, as a worker does."""
    node = node or floor.node
    body = json.loads(floor.body(**parts)) | {"node": node.slug}
    batch = batch_receive(node=node, body=json.dumps(body).encode())
    batch_merge(batch=batch)
    batch.refresh_from_db()
    assert batch.state == BatchState.MERGED
    return batch


def checks():
    return sorted(Quarantined.objects.values_list("check_key", flat=True))


def ids():
    return sorted(Prediction.objects.values_list("pk", flat=True))
