"""What nodes and portal say to each other has a version; each takes what the other's newer self says.

- A message names its format, “name@major” or “name@major.minor”. One that names none is of the first version:
  reports and questions had no name then.
- Within a major, fields are only added, each with what it is where a message does not say it (``absent``).
  A reader takes the fields that it knows and leaves the others; it never refuses a message for them.
- Another major is refused with a sentence that says which program to update. A node parks what the portal
  refused, so that it is sent again after that.
- A field that changes what its reader must do names a capability (``needs``), and so does the message that
  uses it; a reader without that capability refuses, instead of doing half of it.
- A node says which capabilities it has, and the portal asks only for those. ``FIRST`` are those of agents
  that named none.
- What people sign (statements, releases, rosters) is read strictly, and not by these rules: there, a field
  that a reader does not know could take back what the others say.

To add a field that nodes send: its line in the table of fields (``telemetry.SHAPE``, ``report.FIELDS``, …),
the place in the agent that fills it, the place in the portal that uses it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeAlias

from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.kinds import ANYTHING, fits, is_text

REQUIRED: Any = object()
ROWS_ON_REQUEST, PARKED_ORDERS = "rows-on-request", "parked-orders"
ASK_ZONE, BORDERLINE = "ask-zone", "borderline-golden"
FIRST = (ROWS_ON_REQUEST, PARKED_ORDERS)
CAPABILITIES = (*FIRST, ASK_ZONE, BORDERLINE)
"""What this version of the agent can be asked for, and what it understands in a spec or a golden set."""

VERSION = re.compile(r"(?P<name>[a-z/-]{1,60})@(?P<major>[0-9]{1,4})(?:\.[0-9]{1,4})?")
AGENT, PORTAL = "agent", "portal"
MOST_UNREAD = 20


class OtherVersion(Invalid):
    """Its major version is another, or it needs what its reader cannot; the sentence says what to update."""

    code = "other-version"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that was added to a message; ``kind`` is one of ``wire.kinds``."""

    kind: str = ANYTHING
    absent: Any = REQUIRED
    needs: str = ""


Fields: TypeAlias = Mapping[str, "str | Field"]
"""A message's fields by name; a kind alone stands for a field that was always there."""


def _field(said: str | Field) -> Field:
    return Field(said) if isinstance(said, str) else said


def check(mine: str, theirs: object, *, what: str, writer: str, reader: str) -> None:
    """Whether a reader of ``mine`` reads a message of format ``theirs``; Invalid, OtherVersion."""
    known = VERSION.fullmatch(mine)
    named = VERSION.fullmatch(theirs) if isinstance(theirs, str) else None
    if known is None:
        raise ValueError(f"{mine} is no format")
    if named is None or named["name"] != known["name"]:
        raise Invalid(f"{what} is not of the format {mine}.", pointer="/format")
    if int(named["major"]) != int(known["major"]):
        old = writer if int(named["major"]) < int(known["major"]) else reader
        raise OtherVersion(
            f"{what} is of the format {named[0]}, and this {reader} reads {mine}; update the {old}.",
            pointer="/format",
        )


def taken(message: object, fields: Fields, *, place: str = "") -> dict[str, Any]:
    """The fields that the reader knows, with what those are that the message does not say; Invalid."""
    if not isinstance(message, dict):
        raise Invalid(f"{place} must have the fields {', '.join(fields)}.", pointer=place)
    values: dict[str, Any] = {}
    for name, said in fields.items():
        field = _field(said)
        if name not in message:
            if field.absent is REQUIRED:
                raise Invalid(f"{place} must have the field {name}.", pointer=place)
            values[name] = copy(field.absent)
        elif fits(field.kind, message[name]):
            values[name] = message[name]
        else:
            raise Invalid(f"{place}/{name} must be a {field.kind}.", pointer=f"{place}/{name}")
    return values


def unread(message: object, fields: Collection[str]) -> list[str]:
    """The names of the fields that a reader leaves; some of them where there are very many."""
    names = set(message) - set(fields) if isinstance(message, dict) else set()
    return sorted(name[:60] for name in names if is_text(name))[:MOST_UNREAD]


def needs(message: Mapping[str, Any], fields: Fields) -> set[str]:
    """The capabilities that a message needs for the fields that it says."""
    return {
        field.needs
        for name, field in ((name, _field(said)) for name, said in fields.items())
        if field.needs and message.get(name, field.absent) != field.absent
    }


def check_needs(message: Mapping[str, Any], has: Collection[str], *, what: str) -> None:
    """Whether a node that ``has`` these may follow ``message``; OtherVersion names what it lacks."""
    wanted = message.get("needs", [])
    if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
        raise Invalid(f"{what} says its needs in another way than as a list of names.", pointer="/needs")
    lacks = [name for name in wanted if name not in has]
    if lacks:
        raise OtherVersion(
            f"{what} needs {', '.join(lacks)[:120]}, which this agent does not have; update the agent.",
            pointer="/needs",
        )


def needs_named(*documents: bytes) -> list[str]:
    """The capabilities that these specs and golden sets, written here, name."""
    return sorted({name for document in documents for name in json.loads(document).get("needs", [])})
