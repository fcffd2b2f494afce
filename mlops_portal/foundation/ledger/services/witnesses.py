"""What witnesses say of the log: that it grew, or that it is not the one that they saw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.errors import NotWitnessed
from mlops_portal.foundation.ledger.models import Checkpoint, Cosignature, Dispute
from mlops_portal.foundation.ledger.refs import Actor, Ref
from mlops_portal.foundation.ledger.services.record import event_record
from mlops_portal.foundation.wire import checkpoint, note
from mlops_portal.foundation.wire import witness as wire
from mlops_portal.foundation.wire.note import NoteError
from mlops_portal.foundation.wire.witness import Witness

CLOCKS = 3600  # seconds by which a witness's clock may be ahead


def cosignature_take(*, witness: Witness, signed: str, now: datetime) -> Cosignature:
    """Keep a cosignature over one of this log's own checkpoints; NotWitnessed."""
    try:
        text, lines = note.split(signed)
        size = checkpoint.parse(text).size
        time = wire.cosigned_at(text, lines, witness)
    except NoteError as error:
        raise NotWitnessed(_("This is no cosignature: %(why)s.") % {"why": error}) from None
    ours = Checkpoint.objects.filter(size=size).first()
    if ours is None or note.split(ours.note)[0] != text:
        raise NotWitnessed(_("The log has no such checkpoint."))
    if time > now.timestamp() + CLOCKS:
        raise NotWitnessed(_("The cosignature is from a time that has not come yet."))
    at = datetime.fromtimestamp(time, UTC)
    line = next(text for text in wire.lines_of(signed) if text.startswith(f"\u2014 {witness.name} "))
    made, _new = Cosignature.objects.update_or_create(
        witness=witness.name,
        day=now.date(),
        defaults={"checkpoint": ours, "key": str(witness), "line": line.rstrip("\n"), "at": at},
    )
    return made


def dispute_take(
    *,
    witness: Witness,
    kept: str,
    refused: str,
    why: str,
    actor: Actor,
    subjects: Iterable[Ref],
    now: datetime,
) -> bool:
    """Keep as evidence that ``witness`` saw ``kept`` and refuses ``refused``; told once for each ``kept``.

    The witness must have cosigned ``kept``; whether the log's key signed both is for whoever reads it.
    """
    try:
        text, lines = note.split(kept)
        before, after = checkpoint.parse(text), checkpoint.parse(note.split(refused)[0])
        wire.cosigned_at(text, lines, witness)
    except NoteError as error:
        raise NotWitnessed(_("This is no evidence: %(why)s.") % {"why": error}) from None
    digest = sha256(f"{witness.name}\n{kept}".encode()).hexdigest()
    with transaction.atomic():
        _row, new = Dispute.objects.get_or_create(
            digest=digest,
            defaults={
                "witness": witness.name,
                "kept": kept,
                "kept_size": before.size,
                "refused": refused,
                "refused_size": after.size,
                "why": why[:240],
                "told_at": now,
            },
        )
        if new:
            event_record(
                type="ledger.checkpoint.refused",
                actor=actor,
                subjects=[*subjects],
                public={
                    "witness": witness.name, "kept": kept, "refused": refused, "why": why[:240],
                    "size": after.size, "seen": before.size,
                },
                at=now,
            )  # fmt: skip
    return new


def disputes_settle(*, actor: Actor, why: str, now: datetime) -> int:
    """Offline keys signed that the log goes on from here: what witnesses refused before is explained."""
    with transaction.atomic():
        count = Dispute.objects.filter(settled_at=None).update(settled_at=now, settled_why=why)
        event_record(
            type="ledger.history.accepted",
            actor=actor,
            subjects=[],
            public={"reason": why, "disputes": count},
            at=now,
        )
    return count
