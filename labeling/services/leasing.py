"""Giving one question to one person.

- A lease is a reservation that ends by itself, so it is no event of the log; the answer is.
- It is claimed by an UPDATE that names the old state: one row, or somebody was first. PostgreSQL looks past
  rows that others are claiming at this moment; SQLite has one writer at a time.
- A person holds one question at most; a constraint of the table says so too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.errors import NotYours
from labeling.models import LabelRequest
from labeling.selectors.queue import held_by, open_on, requests_all
from labeling.transitions import RequestState
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed

LEASE = timedelta(minutes=5)
TRIES = 20
NOBODY = {"state": RequestState.OPEN, "leased_by": None, "leased_until": None}


def topic(line: Line) -> str:
    return f"labels:{line.slug}"


def label_next(*, by: Person, line: Line) -> LabelRequest | None:
    """The question that ``by`` holds on the line, else the next one, now leased to them; None: nothing waits.

    Asking again gives the same question and a fresh lease. What ``by`` held on another line goes back.
    """
    guard(by, "label.answer", line=line)
    now = timezone.now()
    held = LabelRequest.objects.filter(state=RequestState.LEASED, leased_by=by)
    if held.exclude(line=line).update(**NOBODY) == 0 and held.filter(expires_at__gt=now).update(
        leased_until=now + LEASE
    ):
        return held_by(person=by)
    _return_late(LabelRequest.objects.filter(line=line), now)
    for _attempt in range(TRIES):
        try:
            taken = _take_first(by, line, now)
        except IntegrityError:  # the same person, from another window, at this moment
            return held_by(person=by)
        if taken is not False:
            return requests_all().get(pk=taken) if taken else None
    return None


def _take_first(by: Person, line: Line, now: datetime) -> UUID | Literal[False] | None:
    """The id of the row taken, None where nothing waits, False where somebody was first."""
    with transaction.atomic():
        waiting = open_on(line=line, now=now)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        first = waiting.values_list("pk", flat=True).first()
        if first is None:
            return None
        return first if _claim(first, by, now) else False


def _claim(pk: UUID, by: Person, now: datetime) -> bool:
    free = LabelRequest.objects.filter(pk=pk, state=RequestState.OPEN)
    return free.update(state=RequestState.LEASED, leased_by=by, leased_until=now + LEASE) == 1


def label_take(*, by: Person, request: LabelRequest) -> LabelRequest:
    """Lease this very question (after an undo); what ``by`` held goes back. NotYours: somebody was first."""
    guard(by, "label.answer", line=request.line)
    now = timezone.now()
    with transaction.atomic():
        held = LabelRequest.objects.filter(state=RequestState.LEASED, leased_by=by)
        held.exclude(pk=request.pk).update(**NOBODY)
        if not held.filter(pk=request.pk).exists() and not _claim(request.pk, by, now):
            raise NotYours(_("Somebody else has this part now; take the next one."))
    return requests_all().get(pk=request.pk)


def lease_release(*, by: Person, request: LabelRequest) -> None:
    """Give a question back unanswered; again changes nothing."""
    guard(by, "label.answer", line=request.line)
    mine = LabelRequest.objects.filter(pk=request.pk, state=RequestState.LEASED, leased_by=by)
    with transaction.atomic():
        if mine.update(**NOBODY):
            changed(topic(request.line), "labels")


def _return_late(requests: QuerySet[LabelRequest], now: datetime) -> int:
    return requests.filter(state=RequestState.LEASED, leased_until__lt=now).update(**NOBODY)


def leases_expire() -> int:
    """Leases that ran out go back to the queue; questions that ran out are over. How many moved."""
    now = timezone.now()
    moved = _return_late(LabelRequest.objects.all(), now)
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
