"""What happened lately to a person or a thing, as sentences."""

from __future__ import annotations

from typing import Any

from mlops_portal.foundation.ledger.refs import Ref
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Person

LATELY = 30
PLACES = ("plant.line.*", "plant.asset.*", "plant.node.*", "plant.shift.*", "plant.day.*")


def lately(thing: Ref, *, person: Person) -> list[dict[str, Any]]:
    """The last events about a thing, newest first, as the timeline shows them.

    Who may not read the log sees what happened to places and to oneself, not who got which role where.
    """
    everything = person.may("log.view") or thing == person.ref()
    newest = events(subject=(thing.kind, thing.id), types=() if everything else PLACES)[:LATELY]
    return [{"at": event.at, "text": sentence(event)} for event in newest]
