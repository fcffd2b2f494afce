"""Events by what a reader asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from mlops_portal.foundation.ledger.models import Event, EventSubject


def _type(name: str) -> Q:
    return Q(type__startswith=name[:-1]) if name.endswith(".*") else Q(type=name)


def events(
    *,
    types: Iterable[str] = (),
    actor: tuple[str, str] | None = None,
    subject: tuple[str, str] | None = None,
    relation: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Event]:
    """Events, newest first, with personal part and leaf at hand.

    ``types`` are names or room prefixes (``plant.*``); ``actor`` and ``subject`` are (kind, id), ``relation``
    narrows the subject's; ``since`` is included, ``until`` is not.
    """
    chosen = Event.objects.select_related("personal", "leaf").order_by("-id")
    wanted = Q()
    for name in types:
        wanted |= _type(name)
    chosen = chosen.filter(wanted)
    if actor is not None:
        chosen = chosen.filter(actor_kind=actor[0], actor_id=actor[1])
    if subject is not None:
        about = EventSubject.objects.filter(kind=subject[0], key=subject[1])
        if relation:
            about = about.filter(relation=relation)
        chosen = chosen.filter(id__in=about.values("event"))
    if since is not None:
        chosen = chosen.filter(at__gte=since)
    if until is not None:
        chosen = chosen.filter(at__lt=until)
    return chosen


def event_counts(chosen: QuerySet[Event]) -> dict[str, int]:
    """How many events of each type ``chosen`` holds, most frequent first."""
    rows = chosen.order_by().values_list("type").annotate(count=Count("id")).order_by("-count", "type")
    return dict(rows)
