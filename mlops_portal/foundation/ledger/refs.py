"""How events name things and those who act: by kind and id, never by a foreign key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing that an event is about, and its relation to the event."""

    kind: str
    id: str
    relation: str = "about"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a token, a node or the portal itself; ``name`` is personal and can be erased."""

    kind: str
    id: str
    name: str


SYSTEM = Actor("system", "portal", "")
