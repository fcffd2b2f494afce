"""Which addresses answer somebody who stands at a shared tablet: what no app names here is refused there,
whatever its own guard says."""

from __future__ import annotations

OPEN: set[str] = set()
WAYS_IN: set[str] = set()  # pages of signing in: on a paired tablet they lead to the question who is here


def register(*names: str) -> None:
    """Names of addresses, as ``view_name`` of what they resolve to."""
    OPEN.update(names)


def register_ways_in(*names: str) -> None:
    WAYS_IN.update(names)
