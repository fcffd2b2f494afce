"""An event was recorded: wake the sequencer and whoever looks at the log. Losing either loses nothing."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.dispatch import receiver

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.signals import event_recorded
from mlops_portal.foundation.ledger.types import is_quiet
from mlops_portal.foundation.shell.work.jobs import enqueue

SECONDS = 1


@receiver(event_recorded, dispatch_uid="shell.wake_the_sequencer")
def wake_the_sequencer(event: Event | None = None, **kwargs: Any) -> None:
    """Once a second: both run when the second is over, so they cover all of its events.

    What is quiet waits for the scheduler: reading the log must not make others read it again.
    """
    if event is not None and is_quiet(event.type):
        return
    from redis.exceptions import RedisError  # here: few processes record events

    try:
        first = cache.add("shell.sequencer_woken", 1, timeout=SECONDS)
    except RedisError:
        return  # the scheduler runs it anyway
    if first:
        enqueue("ledger.sequence", after=SECONDS)
        enqueue("shell.log_changed", after=SECONDS)
