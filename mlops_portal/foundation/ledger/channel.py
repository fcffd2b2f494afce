"""By which way an act came in: a page, the API, a shared tablet, a command, a task or a node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

CHANNELS = ("page", "api", "tablet", "command", "task", "node")

_current: ContextVar[str] = ContextVar("ledger_channel", default="command")


def current() -> str:
    """The channel of the running code; ``command`` where nobody said another."""
    return _current.get()


@contextmanager
def channel(name: str) -> Iterator[None]:
    """Events recorded inside carry this channel; ValueError for one that is not in CHANNELS."""
    if name not in CHANNELS:
        raise ValueError(f"{name} is not a channel; there are {', '.join(CHANNELS)}")
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)
