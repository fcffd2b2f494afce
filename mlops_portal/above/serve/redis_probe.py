"""Asking the broker: what ``/readyz`` and the doctor ask it, within the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from redis import Redis

SECONDS = 2.0
QUEUES = ("default", "learn", "explain")
SEPARATOR, STEPS = "\x06\x16", (0, 3, 6, 9)
"""How Kombu names the list of a queue's jobs of one priority; a test holds them to Kombu's own."""


@contextmanager
def asked() -> Iterator[Redis]:
    """A connection that waits ``SECONDS`` at most; RedisError where the broker does not answer."""
    from redis import Redis  # here: the supervisor and the web start without it

    with Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as redis:
        yield redis


def waiting(redis: Redis) -> dict[str, int]:
    """How many jobs wait in each queue, of every priority."""
    lists = {queue: [queue, *(f"{queue}{SEPARATOR}{step}" for step in STEPS[1:])] for queue in QUEUES}
    return {queue: sum(int(redis.llen(name)) for name in names) for queue, names in lists.items()}
