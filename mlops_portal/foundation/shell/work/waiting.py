"""What waits in the broker already is not sent a second time.

A task without a row finds its work in tables when it begins (``shell.work.jobs``), so one that waits does the
work of all that would be sent meanwhile. A mark in the broker's cache says that one waits; it goes when that
one begins or is thrown away for its age, and all marks go when a worker starts, because a worker that was
killed may have taken messages with it. A mark that was forgotten holds for ``LONGEST`` seconds at most.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.core.cache import cache

LONGEST = 300
ERA = "shell.waiting.era"


def key(name: str, kwargs: Mapping[str, Any]) -> str:
    """A job by its row, everything else by its name and what it is given."""
    what = kwargs.get("job_id") or json.dumps([name, kwargs], sort_keys=True, default=str)
    return f"shell.waiting.{cache.get(ERA, 0)}.{blake2b(str(what).encode(), digest_size=16).hexdigest()}"


def first(name: str, kwargs: Mapping[str, Any]) -> bool:
    """Whether nothing like it waits; from now on it does. True where the broker cannot say."""
    from redis.exceptions import RedisError  # here: most requests send nothing

    try:
        return bool(cache.add(key(name, kwargs), 1, timeout=LONGEST))
    except RedisError:
        return True


def over(name: str, kwargs: Mapping[str, Any]) -> None:
    """It begins, or will never begin."""
    from redis.exceptions import RedisError

    try:
        cache.delete(key(name, kwargs))
    except RedisError:
        return


def forget() -> None:
    """Every mark, of every task."""
    from redis.exceptions import RedisError

    try:
        cache.set(ERA, time.time_ns(), timeout=None)
    except RedisError:
        return
