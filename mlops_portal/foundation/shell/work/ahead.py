"""What a job waits for: a worker does one thing at a time, and whoever waits is told what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch

from django.conf import settings
from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.shell.work.claims import silent


@dataclass(frozen=True, slots=True)
class Ahead:
    """In words, what a worker of the same queue is at, and since when."""

    words: str
    since: datetime | None


Source = Callable[[datetime], list[Ahead]]
SOURCES: dict[str, list[Source]] = {}


def register(queue: str, source: Source) -> None:
    """``source`` says what work without a row is under way on ``queue``."""
    SOURCES.setdefault(queue, []).append(source)


def queue_of(name: str) -> str:
    """The queue that a task of this name goes to, as Celery routes it."""
    routes = settings.CELERY_TASK_ROUTES
    exact = routes.get(name) or next((to for way, to in routes.items() if fnmatch(name, way)), {})
    return str(exact.get("queue", settings.CELERY_TASK_DEFAULT_QUEUE))


def ahead_of(job: Job | None, *, now: datetime) -> list[Ahead]:
    """What workers of its queue are at while ``job`` waits; nothing of a job that is at work or over."""
    if job is None or job.state != Job.State.QUEUED:
        return []
    queue = queue_of(job.name)
    at_work = Job.objects.filter(state=Job.State.RUNNING).exclude(silent(now)).exclude(pk=job.pk)
    others = [one for one in at_work if queue_of(one.name) == queue]
    own = [one for one in others if job.by_id is not None and one.by_id == job.by_id]
    listed = [Ahead(one.title if one in own else _("another job"), one.started) for one in others]
    return [*listed, *(one for source in SOURCES.get(queue, []) for one in source(now))]
