"""Taking what a node sends: kept at once, merged by a worker."""

from __future__ import annotations

from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.shell.work.jobs import enqueue
from mlops_portal.foundation.wire import telemetry
from monitoring.errors import BatchVoid, NotThisNode, SequenceReused
from monitoring.models import TelemetryBatch
from monitoring.models.telemetry import BatchState


def batch_receive(*, node: Node, body: bytes) -> TelemetryBatch:
    """Keep one batch of a node whose signature the caller has checked; again changes nothing.

    Its head must fit; a record that does not is set aside by the merge, alone. Invalid, NotThisNode,
    SequenceReused for other content under a known sequence, BatchVoid where the node took the sequence back.
    """
    batch = telemetry.opened(body)
    if batch["node"] != node.slug:
        raise NotThisNode(
            _("The batch says it comes from “%(said)s”, but %(node)s signed it; check the agent's settings.")
            % {"said": batch["node"], "node": node}
        )
    digest = sha256(body).hexdigest()
    try:
        with transaction.atomic():
            row = TelemetryBatch.objects.create(
                node=node,
                sequence=batch["sequence"],
                digest=digest,
                body=body.decode(),
                state=BatchState.RECEIVED,
                received_at=timezone.now(),
            )
            enqueue("monitoring.merge", batch_id=row.pk)
    except IntegrityError:
        row = TelemetryBatch.objects.get(node=node, sequence=batch["sequence"])
        if row.state == BatchState.VOID:
            raise BatchVoid(
                _("%(node)s took batch %(sequence)d back to send its records in smaller ones.")
                % {"node": node, "sequence": row.sequence}
            ) from None
        _same(row, digest)
    return row


def batch_void(*, node: Node, sequence: int, digest: str, void: bool) -> bool:
    """Whether the portal has this batch. With ``void`` it promises, where it has not, never to take it.

    The node then sends the same records under other numbers, and what is still on its way of the old number
    doubles nothing. Again changes nothing; SequenceReused for other content under a known sequence.
    """
    known = TelemetryBatch.objects.filter(node=node, sequence=sequence)
    row = known.first()
    if row is None and void:
        with transaction.atomic():
            row, _made = known.get_or_create(
                node=node,
                sequence=sequence,
                defaults={"digest": digest, "state": BatchState.VOID, "received_at": timezone.now()},
            )
    if row is None or row.state == BatchState.VOID:
        return False
    _same(row, digest)
    return True


def _same(row: TelemetryBatch, digest: str) -> None:
    if row.digest != digest:
        raise SequenceReused(
            _("%(node)s sent other content as batch %(sequence)d; enrol it again with a new key.")
            % {"node": row.node, "sequence": row.sequence}
        )
