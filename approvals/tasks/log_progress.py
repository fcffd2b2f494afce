"""Progress of work that reads one snapshot: it is written by a thread with a connection of its own.

A snapshot must not write: SQLite would make it wait for other writers, PostgreSQL refuses. Where the caller
is inside a transaction already, there is one connection and no snapshot, so nothing is written meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from django.db import connection, connections

from mlops_portal.foundation.shell.work.jobs import JobCancelled, Run

SECONDS = 0.5


@dataclass(slots=True)
class Counter:
    """Called with (done, total); raises JobCancelled soon after somebody asked for it."""

    done: int = 0
    total: int | None = None
    cancelled: bool = False

    def __call__(self, done: int, total: int | None = None) -> None:
        self.done, self.total = done, total or self.total
        if self.cancelled:
            raise JobCancelled


@contextmanager
def counting(run: Run, *, total: int | None = None) -> Iterator[Counter]:
    """Report the counter twice a second while the work inside goes on."""
    counter, over = Counter(total=total), Event()

    def report() -> None:
        try:
            while not over.wait(SECONDS):
                run.step(counter.done, counter.total)
        except JobCancelled:
            counter.cancelled = True
        finally:
            connections.close_all()

    if connection.in_atomic_block:
        yield counter
        return
    thread = Thread(target=report, name="progress", daemon=True)
    thread.start()
    try:
        yield counter
    finally:
        over.set()
        thread.join()
