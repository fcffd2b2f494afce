"""Who saw the log grow, and who says that it is another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from mlops_portal.foundation.ledger.models import Checkpoint, Cosignature, Dispute


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a witness says that it saw the log grow, and when it said so."""

    witness: str
    size: int
    at: datetime

    @property
    def name(self) -> str:
        """The last part of the witness's name: the node's short name."""
        return self.witness.rpartition("/")[2]


def disputes_open() -> QuerySet[Dispute]:
    """Checkpoints that witnesses refused and nobody settled."""
    return Dispute.objects.filter(settled_at=None)


def witnesses_seen() -> list[Seen]:
    """Of each witness the newest checkpoint that it cosigned, the largest first."""
    newest: dict[str, Cosignature] = {}
    for one in Cosignature.objects.select_related("checkpoint").order_by("day"):
        newest[one.witness] = one
    seen = [Seen(one.witness, one.checkpoint.size, one.at) for one in newest.values()]
    return sorted(seen, key=lambda one: (-one.size, one.witness))


def checkpoints_cosigned(*, size: int) -> QuerySet[Checkpoint]:
    """Of each witness the largest checkpoint of at most ``size`` leaves that it cosigned."""
    rows = Cosignature.objects.filter(checkpoint__size__lte=size).order_by("checkpoint__size")
    newest = dict(rows.values_list("witness", "checkpoint"))
    return Checkpoint.objects.filter(pk__in=newest.values()).order_by("size")


def cosigned(checkpoint: Checkpoint) -> str:
    """The checkpoint's note with the lines of its witnesses, in their order."""
    lines = checkpoint.cosignatures.order_by("line").values_list("line", flat=True)
    return checkpoint.note + "".join(f"{one}\n" for one in lines)
