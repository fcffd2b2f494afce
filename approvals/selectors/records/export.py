"""Which events an export holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.models import Event, EventSubject, Leaf
from mlops_portal.foundation.ledger.selectors import events
from mlops_portal.foundation.ledger.selectors.rows import Row, rows
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.wire.errors import Invalid, NotFound
from mlops_portal.foundation.wire.events import moment

LED_TO = (
    "alert", "approval_request", "artifact", "decision", "evidence", "golden_sample", "label",
    "label_request", "manifest", "release", "release_target", "retrain_run",
)  # fmt: skip
"""Things that belong to a model because an event names both."""


ALWAYS = ("ledger.key.used", "ledger.checkpoint.refused", "edge.root.signed", "edge.roster.signed")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is exported: from ``since`` on, before ``until``, about the model with this slug; nothing: all."""

    since: datetime | None = None
    until: datetime | None = None
    model: str = ""

    @property
    def whole(self) -> bool:
        return self == Scope()

    def told(self) -> dict[str, str]:
        """As ``export.json`` and the event of the export say it."""
        return {
            "from": moment(self.since) if self.since else "",
            "to": moment(self.until) if self.until else "",
            "model": self.model,
        }


def scope_of(given: Mapping[str, Any]) -> Scope:
    """A scope from the texts ``from``, ``to`` (ISO 8601; a date is its midnight; UTC) and ``model``.

    Raises Invalid.
    """
    model = str(given.get("model") or "")
    if model and not RegisteredModel.objects.filter(slug=model).exists():
        raise Invalid(_("There is no model with the short name “%(model)s”.") % {"model": model})
    scope = Scope(_time(given.get("from")), _time(given.get("to")), model)
    if scope.since and scope.until and scope.since >= scope.until:
        raise Invalid(_("The export would begin after it ends; choose an earlier “from”."))
    return scope


def _time(text: Any) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(str(text))
        moment = datetime(day.year, day.month, day.day) if day else parse_datetime(str(text))  # noqa: DTZ001 (below)
    except ValueError:
        moment = None
    if moment is None:
        raise Invalid(_("“%(text)s” is not a time; write for example 2026-11-01T06:00Z.") % {"text": text})
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def exported(scope: Scope, *, size: int) -> QuerySet[Leaf]:
    """The leaves below ``size`` that the scope holds, in order; keys, roots and rosters always."""
    leaves = Leaf.objects.filter(index__lt=size).order_by("index")
    if scope.whole:
        return leaves
    wanted = Q()
    if scope.since:
        wanted &= Q(event__at__gte=scope.since)
    if scope.until:
        wanted &= Q(event__at__lt=scope.until)
    if scope.model:
        wanted &= Q(event__in=about_model(scope.model))
    return leaves.filter(wanted | Q(event__type__in=ALWAYS))


def about_model(slug: str) -> QuerySet[EventSubject, Any]:
    """Ids of events about the model or one of its versions, and about things that such an event names."""
    own = Q(kind="model", key=slug) | Q(kind="model_version", key__startswith=f"{slug}/")
    own |= Q(kind="golden_sample", key__startswith=f"{slug}/")
    things = EventSubject.objects.filter(event__in=EventSubject.objects.filter(own).values("event"))
    wanted = own
    for kind in LED_TO:
        wanted |= Q(kind=kind, key__in=things.filter(kind=kind).values("key"))
    return EventSubject.objects.filter(wanted).values("event")


def exported_rows(scope: Scope, *, size: int) -> Iterator[Row]:
    """The same as plain rows with subjects and personal parts, in a stream."""
    return rows(exported(scope, size=size), "event__", "index")


def erasure_is_waiting(size: int) -> bool:
    """Whether something was erased by an event that the tree of ``size`` does not hold yet."""
    return (
        Event.objects.filter(type="ledger.personal.erased")
        .exclude(leaf__index__lt=size)
        .filter(erased__isnull=False)
        .exists()
    )


def exports_made() -> QuerySet[Event]:
    """Every export that was made, newest first: the log itself is the list."""
    return events(types=["log.exported"])


def export_made(digest: str) -> Event:
    """The newest event of an export with this digest. Raises NotFound."""
    event = events(types=["log.exported"], subject=("export", digest)).first()
    if event is None:
        raise NotFound(_("No export has this digest."))
    return event
