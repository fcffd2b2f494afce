"""The time of the last heartbeat: sent by the scheduler, stored by the worker, so it shows that both live."""

from __future__ import annotations

import time

from django.core.cache import cache

KEY = "serve.heartbeat"
EVERY = 10
STALE = 35


def beat() -> None:
    """Store now as the time of the last heartbeat."""
    cache.set(KEY, time.time(), timeout=None)


def age() -> float | None:
    """Seconds since the last heartbeat, None when there was none; RedisError when the broker is silent."""
    at = cache.get(KEY)
    return None if at is None else max(0.0, time.time() - float(at))


def since(start: float) -> bool:
    """Whether a heartbeat came at or after ``start`` (Unix seconds); an older one is of an earlier run."""
    from redis.exceptions import RedisError  # here: the supervisor starts without it

    try:
        at = cache.get(KEY)
    except RedisError:
        return False
    return at is not None and float(at) >= start
