"""One event with everything that shows that it stands in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from approvals.selectors.records.log_links import Thing, things_of
from mlops_portal.foundation.ledger.models import Checkpoint, Event
from mlops_portal.foundation.ledger.selectors import inclusion_proof
from mlops_portal.foundation.wire.errors import NotFound
from mlops_portal.foundation.wire.merkle import ProofError, leaf_hash, verify_inclusion


@dataclass(frozen=True, slots=True)
class Proved:
    """The event's place under the newest checkpoint; ``holds``: the proof leads from its text to the root."""

    index: int
    checkpoint: Checkpoint
    steps: list[str]
    holds: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as its page and the API show it."""

    event: Event
    things: list[Thing]
    public: str
    personal: str
    proof: Proved | None


def event_of(uuid: UUID) -> Event:
    """Raises NotFound."""
    events = Event.objects.select_related("personal", "leaf").prefetch_related("subjects").filter(uuid=uuid)
    event = events.first()
    if event is None:
        raise NotFound(_("The log has no such event."))
    return event


def event_shown(event: Event) -> Shown:
    return Shown(
        event=event,
        things=things_of(event.subjects.all()),
        public=json.dumps(event.entry, indent=2, ensure_ascii=False),
        personal=json.dumps(event.private, indent=2, ensure_ascii=False) if event.private else "",
        proof=event_proof(event),
    )


def event_proof(event: Event) -> Proved | None:
    """None while the event waits for its leaf."""
    inclusion = inclusion_proof(event)
    if inclusion is None:
        return None
    last = inclusion.checkpoint
    holds = True
    try:
        verify_inclusion(
            index=inclusion.index,
            size=last.size,
            leaf=leaf_hash(event.public.encode()),
            proof=inclusion.proof,
            root=bytes(last.root),
        )
    except ProofError:
        holds = False
    return Proved(inclusion.index, last, [step.hex() for step in inclusion.proof], holds)
