"""An event was recorded: wake the sequencer and whoever looks at the log. Losing either loses nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.core.cache import cache
from django.dispatch import receiver
from redis.exceptions import RedisError

from mlops_portal.ledger.channel import channel
from mlops_portal.ledger.models import Event
from mlops_portal.ledger.signals import event_recorded
from mlops_portal.ledger.types import is_quiet
from mlops_portal.shell.jobs import enqueue

SECONDS = 1
RUNNING: dict[str, AbstractContextManager[None]] = {}


@receiver(event_recorded, dispatch_uid="shell.wake_the_sequencer")
def wake_the_sequencer(event: Event | None = None, **kwargs: Any) -> None:
    """Once a second: both run when the second is over, so they cover all of its events.

    What is quiet waits for the scheduler: reading the log must not make others read it again.
    """
    if event is not None and is_quiet(event.type):
        return
    try:
        first = cache.add("shell.sequencer_woken", 1, timeout=SECONDS)
    except RedisError:
        return  # the scheduler runs it anyway
    if first:
        enqueue("ledger.sequence", after=SECONDS)
        enqueue("shell.log_changed", after=SECONDS)


@task_prerun.connect(dispatch_uid="shell.task_begins")
def task_begins(task_id: str, **kwargs: Any) -> None:
    """Events of a task say that they came from one."""
    inside = channel("task")
    inside.__enter__()
    RUNNING[task_id] = inside


@task_postrun.connect(dispatch_uid="shell.task_ends")
def task_ends(task_id: str, **kwargs: Any) -> None:
    if (inside := RUNNING.pop(task_id, None)) is not None:
        inside.__exit__(None, None, None)
