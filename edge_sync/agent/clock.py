"""The node's clock, and the newest time that the node has seen: a clock that fell back must not revive what
has expired."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edge_sync.agent.store import Store

ALLOWED = timedelta(hours=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


def fell_back(store: Store, now: datetime) -> str:
    """A sentence where the clock says less than it said before, else ""."""
    newest = datetime.fromtimestamp(store.meta("newest_time", 0.0), UTC)
    if now >= newest - ALLOWED:
        return ""
    return f"the clock says {now:%Y-%m-%d %H:%M} but it was {newest:%Y-%m-%d %H:%M} before; set the clock"


def note(store: Store, now: datetime) -> None:
    """Remember ``now`` as seen, at most once a minute."""
    if now.timestamp() > store.meta("newest_time", 0.0) + 60:
        with store.transaction():
            store.set_meta("newest_time", now.timestamp())
