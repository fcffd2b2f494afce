"""Work for the workers: enqueued by name, after commit.

- The row of a job is the truth and the broker's message only wakes: what could not be sent is sent later
  (``shell.jobs_resend``).
- A job without a row (``job=False``) may be lost with the broker: its task must find its work in tables.
- A task may run twice (``acks_late``), so it is idempotent. A job with a row runs on one worker at a time
  (``shell.work.claims``), and goes on from what it kept when that worker is lost (``shell.jobs_resend``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from structlog import get_logger

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work import claims, job_names, waiting
from mlops_portal.foundation.shell.work.claims import ClaimLost, JobCancelled
from mlops_portal.foundation.wire.errors import Conflict, NotFound, PortalError

if TYPE_CHECKING:
    from celery import Celery

SECONDS_BETWEEN_WRITES = 0.5
MOST_LOST = 100
SHORTEST_LIFE = 60.0  # seconds
# A broker that is down must not hold up a request: kombu would try again for six seconds.
QUICK = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
State = Job.State
log = get_logger(__name__)


class UnknownJob(LookupError):
    """No task of that name is registered by any app."""


@cache
def celery_app() -> Celery:
    """The roof's Celery application, by name, as Django does with its root URLs.

    ``celery.current_app`` will not do: it is set for the thread that made the application, and the web serves
    each request in a thread of its own, where it would be an application without a broker.
    """
    app: Celery = import_string(getattr(settings, "TASK_APP", "mlops_portal.celery.app"))
    app.set_default()
    app.conf.broker_transport_options = {**QUICK, **app.conf.broker_transport_options}
    return app


REGULAR: dict[str, float] = {}
"""Task names with the seconds between two runs."""


def every(name: str, *, seconds: float) -> None:
    """Let the scheduler run the task ``name`` every so many seconds; called by apps in ``ready()``."""
    REGULAR[name] = seconds


def schedule() -> dict[str, dict[str, Any]]:
    """The scheduler's table. What waits for longer than its turn is thrown away: the next one does it."""
    return {
        name: {"task": name, "schedule": seconds, "options": {"expires": max(seconds, SHORTEST_LIFE)}}
        for name, seconds in REGULAR.items()
    }


def enqueue(
    name: str,
    *,
    by: Person | None = None,
    title: str = "",
    job: bool = False,
    after: float = 0,
    **kwargs: Any,
) -> Job | None:
    """Send the task ``name`` with ``kwargs`` (JSON) after commit, not before ``after`` seconds.

    With ``job=True`` there is a row whose progress a person can watch, and the task gets ``job_id`` besides.
    Raises UnknownJob at once where no task has that name.
    """
    if name not in job_names.names():
        raise UnknownJob(f"No task is called {name!r}.")
    if not job:
        transaction.on_commit(partial(send_once, name, kwargs, after=after), robust=True)
        return None
    row = Job.objects.create(name=name, title=title or name, by=by, kwargs=kwargs, created=timezone.now())
    transaction.on_commit(partial(send_row, row), robust=True)
    return row


def send(name: str, kwargs: dict[str, Any], *, after: float = 0) -> bool:
    """Wake a worker; False (and a line in the log) when the broker does not answer."""
    from kombu.exceptions import KombuError  # here, as Celery itself: most requests send nothing
    from redis.exceptions import RedisError

    app = celery_app()
    if app.conf.task_always_eager:
        _tasks_loaded()
        app.tasks[name].apply(kwargs=kwargs)
        return True
    try:
        app.send_task(name, kwargs=kwargs, countdown=after or None, retry=False)
    except (KombuError, RedisError, OSError) as error:
        log.warning("job_not_sent", job=name, error=str(error))
        return False
    return True


@cache
def _tasks_loaded() -> None:
    """Where jobs run in this process. Celery would look for them, and run Django's checks, at every call."""
    celery_app().loader.import_default_modules()


def send_once(name: str, kwargs: dict[str, Any], *, after: float = 0) -> bool:
    """``send``, unless one like it waits already; False where it was not sent and none waits."""
    if celery_app().conf.task_always_eager:
        return send(name, kwargs)
    if not waiting.first(name, kwargs):
        return True
    if send(name, kwargs, after=after):
        return True
    waiting.over(name, kwargs)
    return False


def send_row(row: Job) -> bool:
    kwargs = {**row.kwargs, "job_id": str(row.pk)}
    waiting.first(row.name, kwargs)  # whether or not it waits: who calls this has a reason to send it
    if not send(row.name, kwargs):
        waiting.over(row.name, kwargs)
        return False
    Job.objects.filter(pk=row.pk).update(sent_at=timezone.now())
    return True


def job_cancel(*, by: Person, job_id: UUID) -> Job:
    """Ask a job to end: at once while it waits, at its next report of progress while it works."""
    now = timezone.now()
    with transaction.atomic():
        mine = Job.objects.filter(pk=job_id, by=by)
        row = mine.first()
        if row is None:
            raise NotFound(_("There is no such job, or it is not yours."))
        if not mine.filter(state=State.QUEUED).update(
            state=State.CANCELLED, cancel_asked_at=now, finished=now
        ) and not mine.filter(state=State.RUNNING).update(cancel_asked_at=now):
            raise Conflict(_("This job is over already; nothing was cancelled."))
        changed(row.topic)
    row.refresh_from_db()
    return row


def progress(job_id: str | UUID, done: int, total: int | None = None, message: str = "") -> None:
    """Report how far a job is. Raises JobCancelled when somebody asked to end it."""
    _report(Job.objects.filter(pk=job_id, state=State.RUNNING), str(job_id), done, total, message)


def _report(mine: QuerySet[Job], job_id: str, done: int, total: int | None, message: str) -> None:
    asked = Job.objects.values_list("cancel_asked_at", flat=True).get(pk=job_id)
    if asked:
        raise JobCancelled(job_id)
    mine.update(done=done, total=total, message=message)
    changed(f"job:{job_id}")


@dataclass(slots=True)
class Run:
    """A job at work, which nobody else has; ``result_url`` is where its outcome is seen."""

    job_id: str
    token: UUID
    result_url: str = ""
    _next: float = field(default=0, repr=False)

    def step(self, done: int, total: int | None = None, message: str = "") -> None:
        """``progress``, but written twice a second at most, so that a tight loop may call it."""
        if (now := monotonic()) >= self._next or done == total:
            mine = claims.held(self.job_id, self.token)
            if not mine.exists():
                raise ClaimLost(self.job_id)
            _report(mine, self.job_id, done, total, message)
            self._next = now + SECONDS_BETWEEN_WRITES

    def kept(self) -> None:
        """A part of the work is done and stored: a worker that is lost later is lost for the first time."""
        claims.held(self.job_id, self.token).update(tries=1)


@contextmanager
def running(job_id: str) -> Iterator[Run | None]:
    """Around a task's work: claims the job, and writes how it ended.

    Yields None where there is nothing to do: it was cancelled, or another worker has it. Nothing is written
    inside once another worker has taken the job up.
    """
    token = claims.claim_take(job_id, now=claims.database_now())
    if token is None:
        yield None
        return
    topic = f"job:{job_id}"
    changed(topic)
    run = Run(job_id, token)
    try:
        with claims.heard(job_id, token), claims.fenced(job_id, token):
            yield run
    except ClaimLost:
        log.warning("job_taken_up_by_another", job=job_id)
    except JobCancelled:
        _end(run, State.CANCELLED)
    except PortalError as error:
        _end(run, State.FAILED, message=error.sentence[:300])
    except Exception:
        _end(run, State.FAILED, message="")
        raise
    except BaseException:  # the worker was asked to end
        claims.claim_return(job_id, token)
        raise
    else:
        _end(run, State.DONE, result_url=run.result_url)
    finally:
        changed(topic)


def _end(run: Run, state: str, **values: str) -> None:
    claims.held(run.job_id, run.token).update(state=state, finished=timezone.now(), **values)


class GivenUp(Protocol):
    def __call__(self, *, job: Job, sentence: str) -> object: ...


_given_up: dict[str, GivenUp] = {}


def on_given_up(name: str, then: GivenUp) -> None:
    """Let ``then(job=…, sentence=…)`` end what a job ``name`` was to make, when the job is given up.

    Called by apps in ``ready()``; it runs in the transaction that gives the job up.
    """
    _given_up[name] = then


def jobs_take_up(*, now: datetime) -> int:
    """Let jobs whose worker is lost wait again, or give them up after ``claims.TRIES``; returns how many."""
    lost = Job.objects.filter(claims.silent(now)).order_by("created")[:MOST_LOST]
    return sum(_take_up(row, now) for row in lost)


def _take_up(row: Job, now: datetime) -> bool:
    waiting = {"state": State.QUEUED, "sent_at": None, "claim": None, "heard_at": None}
    given_up = claims.fate(heard=row.heard_at, tries=row.tries, now=now) == claims.Fate.GIVEN_UP
    with transaction.atomic():
        language = row.by.language if row.by else None
        with override(language or None):
            sentence = _(
                "Its worker ended without a word %(times)d times, so it was given up; ask for it again, or "
                "let an administrator look at the workers' logs."
            ) % {"times": row.tries}
        over = {"state": State.FAILED, "finished": now, "message": sentence, "claim": None}
        mine = Job.objects.filter(claims.silent(now), pk=row.pk, claim=row.claim)
        if mine.update(**(over if given_up else waiting)) != 1:
            return False
        if given_up and row.name in _given_up:
            _given_up[row.name](job=row, sentence=sentence)
        changed(row.topic)
    log.warning("job_lost_its_worker", job=str(row.pk), name=row.name, tries=row.tries, given_up=given_up)
    if not given_up:
        send_row(row)
    return True
