"""Files that later rooms add to an export, such as the rosters that nodes trust. Filled in ``ready()``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

NAME = re.compile(r"[a-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")
Source = Callable[[], Iterable[tuple[str, bytes]]]
_sources: dict[str, Source] = {}


def register(folder: str, source: Source) -> None:
    """``source()`` gives (path below ``folder``, bytes), the same for the same state of the portal.

    ``rosters`` holds ``<line>/<version>.json`` (``wire.roster``), every version that was ever signed.
    """
    if _sources.setdefault(folder, source) is not source:
        raise ValueError(f"{folder} is registered already")


def files() -> dict[str, bytes]:
    """All of them by their path in the export. ValueError for a path that does not fit a zip."""
    sources: dict[str, bytes] = {}
    for folder, source in sorted(_sources.items()):
        for path, data in source():
            name = f"{folder}/{path}"
            if not NAME.fullmatch(name) or name in sources:
                raise ValueError(f"{name} cannot stand in an export")
            sources[name] = data
    return sources
