"""What waits on a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from labeling.models import LabelRequest
from labeling.transitions import RequestState
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.selectors.places import lines_for

MANY = 1000
FOR_OPERATORS = Q(for_expert__in=[False])  # as an equation: SQLite walks no index past "NOT for_expert"


def requests_all() -> QuerySet[LabelRequest]:
    """With everything that a page shows of a question."""
    return LabelRequest.objects.select_related(
        "row__prediction__asset__line__site", "version__model", "line__site", "alert", "leased_by"
    )


def open_on(*, line: Line, now: datetime) -> QuerySet[LabelRequest]:
    """What an operator of the line may be given, best first; experts' questions are apart."""
    return LabelRequest.objects.filter(
        FOR_OPERATORS, line=line, state=RequestState.OPEN, expires_at__gt=now
    ).order_by("-priority", "asked_at", "id")


def waiting_on(*, line: Line, now: datetime) -> int:
    """How many wait, up to ``MANY``; leases that ran out count as waiting."""
    waiting = LabelRequest.objects.filter(
        Q(state=RequestState.OPEN) | Q(state=RequestState.LEASED, leased_until__lt=now),
        FOR_OPERATORS,
        line=line,
        expires_at__gt=now,
    )
    return waiting.order_by()[:MANY].count()


def held_by(*, person: Person, line: Line) -> QuerySet[LabelRequest]:
    """The questions of the line that are with the person now, best first."""
    return requests_all().filter(state=RequestState.LEASED, leased_by=person, line=line)


@dataclass(frozen=True, slots=True)
class LineQueue:
    line: Line
    waiting: int


def queues_for(*, person: Person, now: datetime) -> list[LineQueue]:
    """The lines on which the person answers, with what waits there."""
    lines = lines_for(person=person, action="label.answer").order_by("site__name", "order", "name")
    return [LineQueue(line, waiting_on(line=line, now=now)) for line in lines]


def for_experts(*, person: Person) -> QuerySet[LabelRequest]:
    """Disputed and handed-on questions on the lines where the person may settle them, oldest first."""
    return (
        requests_all()
        .filter(line__in=lines_for(person=person, action="label.settle"))
        .filter(Q(state=RequestState.DISPUTED) | Q(state=RequestState.OPEN, for_expert=True))
        .order_by("-priority", "asked_at", "id")
    )
