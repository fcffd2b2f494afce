"""Work for the workers: enqueued by name, after commit.

- The row of a job is the truth and the broker's message only wakes: what could not be sent is sent later
  (``shell.jobs_resend``).
- A job without a row (``job=False``) may be lost with the broker: its task must find its work in tables.
- A task may run twice (``acks_late``), so it is idempotent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from time import monotonic
from typing import Any
from uuid import UUID

from celery import Celery, current_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from structlog import get_logger

from mlops_portal.plant.models import Person
from mlops_portal.shell import job_names
from mlops_portal.shell.live import changed
from mlops_portal.shell.models import Job
from mlops_portal.wire.errors import Conflict, NotFound, PortalError

SECONDS_BETWEEN_WRITES = 0.5
# A broker that is down must not hold up a request: kombu would try again for six seconds.
QUICK = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
State = Job.State
log = get_logger(__name__)


class JobCancelled(Exception):
    """Raised in a task at its next report of progress after somebody asked to cancel it."""


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


def every(name: str, *, seconds: float) -> None:
    """Let the scheduler run the task ``name`` every so many seconds; called by apps in ``ready()``."""
    celery_app().add_periodic_task(seconds, celery_app().signature(name), name=name)


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
        transaction.on_commit(partial(send, name, kwargs, after=after), robust=True)
        return None
    row = Job.objects.create(name=name, title=title or name, by=by, kwargs=kwargs, created=timezone.now())
    transaction.on_commit(partial(send_row, row), robust=True)
    return row


def send(name: str, kwargs: dict[str, Any], *, after: float = 0) -> bool:
    """Wake a worker; False (and a line in the log) when the broker does not answer."""
    app = celery_app()
    if app.conf.task_always_eager:
        app.loader.import_default_modules()
        app.tasks[name].apply(kwargs=kwargs)
        return True
    try:
        app.send_task(name, kwargs=kwargs, countdown=after or None, retry=False)
    except (KombuError, RedisError, OSError) as error:
        log.warning("job_not_sent", job=name, error=str(error))
        return False
    return True


def send_row(row: Job) -> bool:
    if not send(row.name, {**row.kwargs, "job_id": str(row.pk)}):
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
    row = Job.objects.get(pk=job_id)
    if row.cancel_asked_at:
        raise JobCancelled(str(job_id))
    Job.objects.filter(pk=job_id, state=State.RUNNING).update(done=done, total=total, message=message)
    changed(row.topic)


@dataclass(slots=True)
class Run:
    """A job at work; ``result_url`` is where its outcome is seen."""

    job_id: str
    result_url: str = ""
    _next: float = field(default=0, repr=False)

    def step(self, done: int, total: int | None = None, message: str = "") -> None:
        """``progress``, but written twice a second at most, so that a tight loop may call it."""
        if (now := monotonic()) >= self._next or done == total:
            progress(self.job_id, done, total, message)
            self._next = now + SECONDS_BETWEEN_WRITES


@contextmanager
def running(job_id: str) -> Iterator[Run | None]:
    """Around a task's work: claims the job, and writes how it ended.

    Yields None where there is nothing to do: it was cancelled, or another worker has it. A message that the
    broker hands out again because a worker died may take up a job that says it is running.
    """
    states = [State.QUEUED]
    request = current_task.request if current_task else None
    if request is not None and (request.delivery_info or {}).get("redelivered"):
        states.append(State.RUNNING)
    claimed = Job.objects.filter(pk=job_id, state__in=states)
    if claimed.update(state=State.RUNNING, started=timezone.now()) != 1:
        yield None
        return
    topic = f"job:{job_id}"
    changed(topic)
    run = Run(job_id)
    try:
        yield run
    except JobCancelled:
        _end(job_id, State.CANCELLED)
    except PortalError as error:
        _end(job_id, State.FAILED, message=error.sentence[:300])
    except Exception:
        _end(job_id, State.FAILED, message="")
        raise
    else:
        _end(job_id, State.DONE, result_url=run.result_url)
    finally:
        changed(topic)


def _end(job_id: str, state: str, **values: str) -> None:
    Job.objects.filter(pk=job_id, state=State.RUNNING).update(state=state, finished=timezone.now(), **values)
