"""Who has a job: one worker at a time, known by a token in the job's row.

- A claim is taken in the database, from a job that waits or one whose worker was not heard of for ``STALE``.
  Whoever takes it over writes another token, and from then on nothing of the first owner is stored.
- While it works, a thread says every ``BEAT`` that the owner lives. A worker that was stopped, starved or cut
  off may wake up again after it was taken for dead: ``fenced`` looks at the token before every write, in the
  transaction of that write, and raises ClaimLost. The row stays locked until then, so a claim cannot be taken
  over between the look and the commit.
- All these times are the database's: a host whose clock runs an hour ahead takes no living job for dead.
- A job that ends its worker every time is given up after ``TRIES``. A step that was finished and kept counts
  anew; so does a worker that was asked to end.

The idea of the token: M. Kleppmann, "How to do distributed locking", 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F, Q, QuerySet
from structlog import get_logger

from mlops_portal.foundation.shell.models import Job

BEAT = 10.0  # seconds
STALE = timedelta(seconds=30)
TRIES = 3
WRITES = ("INSERT", "UPDATE", "DELETE")
State = Job.State
log = get_logger(__name__)


class JobCancelled(Exception):
    """Raised in a task at its next report of progress after somebody asked to cancel it."""


class ClaimLost(JobCancelled):
    """Another worker has the job by now: nothing that this one still does is stored."""


class Fate(Enum):
    ALIVE = "alive"
    AGAIN = "again"
    GIVEN_UP = "given up"


def database_now() -> datetime:
    """The time by the clock that every host shares."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")
            return datetime.fromisoformat(cursor.fetchone()[0])
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def fate(*, heard: datetime | None, tries: int, now: datetime) -> Fate:
    """What becomes of a job at work, begun ``tries`` times, whose worker was heard of at ``heard``."""
    if heard is not None and heard > now - STALE:
        return Fate.ALIVE
    return Fate.AGAIN if tries < TRIES else Fate.GIVEN_UP


def silent(now: datetime) -> Q:
    """Jobs at work whose worker was not heard of lately."""
    return Q(state=State.RUNNING) & (Q(heard_at=None) | Q(heard_at__lte=now - STALE))


def between_workers(now: datetime) -> Q:
    """Jobs that were begun and that nobody works on: their worker is lost, another has not begun yet."""
    return silent(now) | Q(state=State.QUEUED, started__isnull=False)


def claim_take(job_id: str | UUID, *, now: datetime) -> UUID | None:
    """The token of the one who may do the job from now on; None where somebody else has it or it is over."""
    token = uuid4()
    free = Job.objects.filter(Q(state=State.QUEUED) | silent(now), pk=job_id, tries__lt=TRIES)
    values = {
        "state": State.RUNNING,
        "started": now,
        "heard_at": now,
        "claim": token,
        "tries": F("tries") + 1,
    }
    return token if free.update(**values) == 1 else None


def held(job_id: str | UUID, token: UUID) -> QuerySet[Job]:
    """The job's row as long as ``token`` holds it; empty afterwards."""
    return Job.objects.filter(pk=job_id, claim=token, state=State.RUNNING)


def claim_return(job_id: str | UUID, token: UUID) -> bool:
    """Let the job wait again, as if this try had not been: the worker was asked to end."""
    waiting = {
        "state": State.QUEUED,
        "claim": None,
        "heard_at": None,
        "sent_at": None,
        "tries": F("tries") - 1,
    }
    return held(job_id, token).update(**waiting) == 1


@contextmanager
def fenced(job_id: str, token: UUID) -> Iterator[None]:
    """Every write of this thread inside happens only as long as ``token`` holds the job."""

    def look() -> None:
        # SQLite knows no such lock and needs none: whoever writes there writes alone
        if not held(job_id, token).select_for_update().values("pk"):
            raise ClaimLost(job_id)

    def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.lstrip()[:6].upper().startswith(WRITES):
            return execute(sql, params, many, context)
        if connection.in_atomic_block:
            look()
            return execute(sql, params, many, context)
        if connection.vendor == "sqlite" and "RETURNING" in sql:  # it is not over when the commit would come
            if not held(job_id, token).exists():
                raise ClaimLost(job_id)
            return execute(sql, params, many, context)
        with transaction.atomic():
            look()
            return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


@contextmanager
def heard(job_id: str, token: UUID) -> Iterator[None]:
    """Say every ``BEAT`` that the owner lives, from a thread with a connection of its own.

    Inside a transaction there is no second connection that sees the row (tests, commands): nothing is said.
    """
    if connection.in_atomic_block:
        yield
        return
    over = Event()
    thread = Thread(target=_beat, args=(job_id, token, over), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(job_id: str, token: UUID, over: Event) -> None:
    try:
        while not over.wait(BEAT):
            try:
                if held(job_id, token).update(heard_at=database_now()) != 1:
                    return
            except DatabaseError as error:  # it may be back at the next beat
                log.warning("heartbeat_not_written", job=job_id, error=str(error))
                connections.close_all()
    finally:
        connections.close_all()
