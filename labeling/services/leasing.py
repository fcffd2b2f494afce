"""Giving questions to people, each to one.

- A lease is a reservation that ends by itself, so it is no event of the log; the answer is.
- It is claimed in one transaction by an UPDATE that names the old state. PostgreSQL looks past rows that
  others are claiming at this moment; SQLite has one writer at a time.
- A person holds a few questions of one line, so that a tablet goes on while the network is away, but never
  more than half of what waits: colleagues are not left without.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.errors import NotYours
from labeling.models import Label, LabelRequest
from labeling.selectors.queue import held_by, open_on, requests_all
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed

LEASE = timedelta(minutes=5)
NOBODY = {"state": RequestState.OPEN, "leased_by": None, "leased_until": None}


def topic(line: Line) -> str:
    return f"labels:{line.slug}"


def label_next(*, by: Person, line: Line) -> LabelRequest | None:
    """The question that ``by`` holds on the line, else the next one, now leased to them; None: nothing waits.

    Asking again gives the same question and a fresh lease. What ``by`` held on another line goes back.
    """
    return next(iter(labels_hold(by=by, line=line, count=1)), None)


def labels_hold(*, by: Person, line: Line, count: int) -> list[LabelRequest]:
    """Up to ``count`` questions for ``by``, best first: those held, with a fresh lease, then new ones."""
    guard(by, "label.answer", line=line)
    now = timezone.now()
    late = _late(LabelRequest.objects.filter(line=line), now).exists()  # before the one writer is asked for
    with transaction.atomic():
        _alone(by)
        kept = _keep(by, line, now)
        if kept < count:
            if late:
                _return_late(LabelRequest.objects.filter(line=line), now)
            _take(by, line, now, count - kept)
    return list(held_by(person=by, line=line)[:count])


def _alone(by: Person) -> None:
    """One window of a person at a time; SQLite has one writer anyway."""
    if connection.features.has_select_for_no_key_update:
        list(Person.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))


def _keep(by: Person, line: Line, now: datetime) -> int:
    """How many are held on the line, now with a fresh lease; those of other lines go back. Most often none
    are, and reading costs less than two updates while others wait to write."""
    held = LabelRequest.objects.filter(state=RequestState.LEASED, leased_by=by)
    lines = set(held.order_by().values_list("line", flat=True))
    if lines - {line.pk}:
        held.exclude(line=line).update(**NOBODY)
    return (
        held.filter(line=line, expires_at__gt=now).update(leased_until=now + LEASE) if line.pk in lines else 0
    )


def _take(by: Person, line: Line, now: datetime, count: int) -> None:
    said = Label.objects.filter(request=OuterRef("pk"), person=by, undone_at=None)
    waiting = open_on(line=line, now=now).filter(~Exists(said))
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    first = list(waiting.values_list("pk", flat=True)[: 2 * count])
    taken = LabelRequest.objects.filter(pk__in=first[: (len(first) + 1) // 2], state=RequestState.OPEN)
    taken.update(state=RequestState.LEASED, leased_by=by, leased_until=now + LEASE)


def label_take(*, by: Person, request: LabelRequest) -> LabelRequest:
    """Lease this very question (after an undo). NotYours: somebody was first."""
    guard(by, "label.answer", line=request.line)
    now = timezone.now()
    with transaction.atomic():
        free = LabelRequest.objects.filter(pk=request.pk, state=RequestState.OPEN)
        mine = LabelRequest.objects.filter(pk=request.pk, state=RequestState.LEASED, leased_by=by)
        taken = free.update(state=RequestState.LEASED, leased_by=by, leased_until=now + LEASE)
        if not taken and not mine.exists():
            raise NotYours(_("Somebody else has this part now; take the next one."))
    return requests_all().get(pk=request.pk)


def lease_release(*, by: Person, request: LabelRequest) -> None:
    """Give a question back unanswered; again changes nothing."""
    guard(by, "label.answer", line=request.line)
    mine = LabelRequest.objects.filter(pk=request.pk, state=RequestState.LEASED, leased_by=by)
    with transaction.atomic():
        if mine.update(**NOBODY):
            changed(topic(request.line), "labels")


def _late(requests: QuerySet[LabelRequest], now: datetime) -> QuerySet[LabelRequest]:
    return requests.filter(state=RequestState.LEASED, leased_until__lt=now).order_by()


def _return_late(requests: QuerySet[LabelRequest], now: datetime) -> int:
    return _late(requests, now).update(**NOBODY)


def leases_expire() -> int:
    """Leases that ran out go back to the queue; questions that ran out are over. How many moved."""
    now = timezone.now()
    on_any = LabelRequest.objects.filter(line__in=list(Line.objects.values_list("pk", flat=True)))  # by index
    moved = _return_late(on_any, now) if _late(on_any, now).exists() else 0
    over = LabelRequest.objects.filter(state=RequestState.OPEN, for_expert=False, expires_at__lte=now)
    for line in Line.objects.filter(pk__in=over.values("line")):
        with transaction.atomic():
            count = over.filter(line=line).update(state=RequestState.EXPIRED)
            if count:
                event_record(
                    type="labeling.requests.expired",
                    actor=SYSTEM,
                    subjects=[line.ref("on")],
                    public={"line": line.name, "count": count},
                    at=now,
                )
                changed(topic(line), "labels")
        moved += count
    return moved
