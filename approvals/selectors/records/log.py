"""The decision log as people read it: filtered by its address, newest first, page by page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.models import Event, EventSubject
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.wire.errors import Invalid

PAGE = 50
MAX_WORDS = 6
FIELDS = ("type", "person", "thing", "from", "to", "q")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader asks for; ``thing`` is (kind, id), the id empty for every thing of the kind."""

    type: str = ""
    person: str = ""
    thing: tuple[str, str] = ("", "")
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The filter in one line, the same for the same filter."""
        parts = {
            "type": self.type,
            "person": self.person,
            "thing": "/".join(one for one in self.thing if one),
            "from": self.since.isoformat(timespec="minutes") if self.since else "",
            "to": self.until.isoformat(timespec="minutes") if self.until else "",
            "q": " ".join(self.words),
        }
        return ", ".join(f"{name}={value}" for name, value in parts.items() if value)

    @property
    def key(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def filter_of(given: Mapping[str, str]) -> Filter:
    """A filter from an address; times without a zone are the reader's. Raises Invalid."""
    person = given.get("person", "").strip()
    if person:
        try:
            person = str(UUID(person))
        except ValueError:
            raise Invalid(_("“%(text)s” is not the id of a person.") % {"text": person}) from None
    kind, _slash, key = given.get("thing", "").strip().replace("\0", "").partition("/")
    return Filter(
        type=given.get("type", "").strip().replace("\0", ""),
        person=person,
        thing=(kind, key),
        since=_time(given.get("from", "")),
        until=_time(given.get("to", "")),
        words=tuple(given.get("q", "").replace("\0", "").split()[:MAX_WORDS]),
    )


def _time(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = parse_date(text)
        moment = datetime(day.year, day.month, day.day) if day else parse_datetime(text)  # noqa: DTZ001 (below)
        if moment is not None:
            moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
            moment.astimezone(UTC)  # the years 1 and 9999 end before they do so everywhere
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise Invalid(_("“%(text)s” is not a time; write for example 2026-11-01T06:00.") % {"text": text})
    return moment


def log_events(wanted: Filter) -> QuerySet[Event]:
    """The events that a filter asks for, newest first, with their personal part, leaf and subjects."""
    matching = events(types=[wanted.type] if wanted.type else (), since=wanted.since, until=wanted.until)
    kind, key = wanted.thing
    if kind:
        about = EventSubject.objects.filter(kind=kind)
        matching = matching.filter(id__in=(about.filter(key=key) if key else about).values("event"))
    if wanted.person:
        named = EventSubject.objects.filter(kind="person", key=wanted.person).values("event")
        matching = matching.filter(Q(actor_kind="person", actor_id=wanted.person) | Q(id__in=named))
    for word in wanted.words:
        subject = EventSubject.objects.filter(event=OuterRef("pk"))
        fits = subject.filter(Q(key__icontains=word) | Q(kind__iexact=word))
        matching = matching.filter(Q(type__icontains=word) | Exists(fits))
    return matching.prefetch_related("subjects")


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first, and the ids from which the pages beside this one go on (0: none)."""

    events: list[Event]
    older: int
    newer: int


def log_page(wanted: Filter, *, before: int = 0, after: int = 0, size: int = PAGE) -> Page:
    """The newest page, the one of events before the id ``before``, or the one after ``after``."""
    matching = log_events(wanted)
    if after:
        rows = list(matching.filter(id__gt=after).order_by("id")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(rows, rows[-1].pk if rows else 0, rows[0].pk if more else 0)
    rows = list((matching.filter(id__lt=before) if before else matching)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, rows[-1].pk if more else 0, rows[0].pk if before and rows else 0)


def newer_count(wanted: Filter, *, since: int, most: int = 99) -> int:
    """How many events came after the id ``since``; reading the log does not count."""
    newer = log_events(wanted).filter(id__gt=since).exclude(type="log.read").order_by()
    return newer[:most].count()


def read_lately(*, person: str, key: str, since: datetime) -> bool:
    """Whether the log tells already that the person looked at this since then."""
    return events(
        types=["log.read"], actor=("person", person), subject=("log_filter", key), since=since
    ).exists()
