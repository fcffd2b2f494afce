"""What a lineage is made of, and how the log is asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.urls import reverse

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.plant.models import Person


class Stage(StrEnum):
    """The stages from the judgement back to what the model was taught, in this order."""

    PREDICTION = "prediction"
    ACTIVATION = "activation"
    RELEASE = "release"
    DECISION = "decision"
    EVIDENCE = "evidence"
    VERSION = "version"
    RUN = "run"
    MANIFEST = "manifest"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing on the way: ``facts`` are (name, value), ``proof`` the event in the log that shows it.

    ``gap`` says what cannot be shown, and why; ``digest`` names the bytes that are meant.
    """

    stage: Stage
    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    at: datetime | None = None
    url: str = ""
    proof: str = ""
    digest: str = ""
    gap: str = ""


def newest(kind: str, key: str, *types: str) -> Event | None:
    """The newest event of these types about a thing."""
    return events(types=types, subject=(kind, key)).prefetch_related("subjects").first()


def all_of(kind: str, key: str, *types: str) -> list[Event]:
    """Every event of these types about a thing, oldest first."""
    return list(events(types=types, subject=(kind, key)).prefetch_related("subjects").order_by("id"))


def subject_of(event: Event | None, kind: str) -> str:
    """The id of the event's subject of that kind, "" for none."""
    if event is None:
        return ""
    return next((one.key for one in event.subjects.all() if one.kind == kind), "")


def proof_of(event: Event | None) -> str:
    """The page of the event."""
    return reverse("log-event", args=[event.uuid]) if event is not None else ""


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Names of people by id."""
    people = Person.objects.filter(pk__in=[one for one in ids if one])
    return {str(pk): name for pk, name in people.values_list("pk", "name")}
