"""A command may run while the portal does not: that nobody listens is no news then."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOGGERS = (
    "mlops_portal.foundation.shell.live",
    "mlops_portal.foundation.shell.work.jobs",
    "labeling.tasks.training_steps",
    "urllib3.connectionpool",
)


@contextmanager
def unheard() -> Iterator[None]:
    """Warnings of parts that are away are not written; the portal catches up with them when it runs."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for one, level in zip(loggers, before, strict=True):
            one.setLevel(level)
