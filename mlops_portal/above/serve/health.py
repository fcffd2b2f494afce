"""What ``/readyz`` looks at: each check is one line of words, without addresses or secrets."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error as DatabaseError
from django.db import connection

from mlops_portal.above.serve import heartbeat, redis_probe
from mlops_portal.above.serve.prepare import migrations_missing

PROBE_EVERY = 30.0  # seconds; a written file costs money on object storage


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    says: str


def checks() -> list[Check]:
    """All checks, each tried even when another failed."""
    return [database(), migrations(), broker(), storage(), worker()]


def database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check("database", False, "does not answer")
    return Check("database", True, "answers")


_migrated = False


def migrations() -> Check:
    """Once all are applied they stay so for the life of the process."""
    global _migrated
    try:
        _migrated = _migrated or not migrations_missing()
    except DatabaseError:
        return Check("migrations", False, "cannot be read, because the database does not answer")
    return Check(
        "migrations", _migrated, "applied" if _migrated else "some are not applied; run manage.py migrate"
    )


def broker() -> Check:
    from redis.exceptions import RedisError  # here, as below: the supervisor and the web start without it

    try:
        with redis_probe.asked() as redis:
            redis.ping()
    except RedisError:
        return Check("broker", False, "does not answer")
    return Check("broker", True, "answers")


_written_until = 0.0


def storage() -> Check:
    """A small file is written and deleted; a success holds for PROBE_EVERY seconds."""
    global _written_until
    now = time.monotonic()
    if now > _written_until:
        try:
            default_storage.delete(default_storage.save("health/probe", ContentFile(b"probe")))
        except Exception:
            return Check("storage", False, "cannot be written")
        _written_until = now + PROBE_EVERY
    return Check("storage", True, "can be written")


def worker() -> Check:
    from redis.exceptions import RedisError

    try:
        age = heartbeat.age()
    except RedisError:
        return Check("worker", False, "unknown, because the broker does not answer")
    if age is None:
        return Check("worker", False, "no heartbeat yet; scheduler and worker must both run")
    age_text = f"last heartbeat {age:.0f} seconds ago"
    return Check("worker", age <= heartbeat.STALE, age_text)
