"""The roster that a line's nodes know, told by the room that publishes it. Filled in ``ready()``."""

from __future__ import annotations

from collections.abc import Callable

from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.wire.errors import PortalError
from mlops_portal.foundation.wire.roster import Roster

Source = Callable[[Line], Roster | None]
_sources: list[Source] = []


def register(source: Source) -> None:
    """``source(line)`` gives the published roster, None before the first ceremony."""
    if source not in _sources:
        _sources.append(source)


def roster_of(line: Line) -> Roster | None:
    """None where nodes know none, or one that cannot be read."""
    for source in _sources:
        try:
            return source(line)
        except PortalError:
            return None
    return None
