"""What happened lately to a person or a thing, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlops_portal.ledger.models import Event
from mlops_portal.ledger.refs import Ref
from mlops_portal.ledger.selectors import events
from mlops_portal.ledger.types import sentence
from mlops_portal.plant.models import Person
from mlops_portal.plant.roles import Role

LATELY = 30
PLACES = ("plant.line.*", "plant.asset.*", "plant.node.*", "plant.shift.*", "plant.day.*")


@dataclass(frozen=True, slots=True)
class Told:
    """An event whose role reads as its name in the active language; the log keeps the key."""

    event: Event

    @property
    def type(self) -> str:
        return self.event.type

    @property
    def actor_kind(self) -> str:
        return self.event.actor_kind

    @property
    def actor_id(self) -> str:
        return self.event.actor_id

    @property
    def data(self) -> Mapping[str, Any]:
        role = self.event.data.get("role")
        return {**self.event.data, "role": Role(role).label} if role in Role.values else self.event.data

    @property
    def private(self) -> Mapping[str, Any] | None:
        return self.event.private

    @property
    def is_erased(self) -> bool:
        return self.event.is_erased


def lately(thing: Ref, *, person: Person) -> list[dict[str, Any]]:
    """The last events about a thing, newest first, as the timeline shows them.

    Who may not read the log sees what happened to places and to oneself, not who got which role where.
    """
    everything = person.may("log.view") or thing == person.ref()
    found = events(subject=(thing.kind, thing.id), types=() if everything else PLACES)[:LATELY]
    return [{"at": event.at, "text": sentence(Told(event))} for event in found]
