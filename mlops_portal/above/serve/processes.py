"""The table of processes that ``manage.py serve`` keeps running, and where apps add theirs.

An app adds its own in ``AppConfig.ready``::

    from mlops_portal.above.serve import processes
    processes.register(processes.Process(name="simulator", argv=processes.manage("simulate"), demo=True))
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One part: how it is started and when it counts as ready.

    ``ready`` is asked every fifth of a second in a thread with the time (Unix seconds) at which the part
    was started, and answers within about a second; without it a part is ready once it runs. ``wait``:
    the start waits for it. ``restart``: it should never end, and is started again when it does.
    ``needed``: nothing works without it, so when it dies again and again everything is ended; any other
    part is marked failed then, and tried again with growing pauses while the rest goes on.
    ``grace``: seconds between the request to end and the kill. ``demo``: left out with ``--no-demo``.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[float], bool] | None = None
    wait: bool = True
    restart: bool = True
    needed: bool = False
    grace: float = 10
    demo: bool = False


_contributed: dict[str, Process] = {}


def register(process: Process) -> None:
    """Add a process of an app; it is started after the portal's own parts are ready."""
    if process.name in _contributed:
        raise ValueError(f"a process named {process.name} is registered already")
    _contributed[process.name] = process


def contributed(*, demo: bool) -> list[Process]:
    """What apps have registered, in their order."""
    return [process for process in _contributed.values() if demo or not process.demo]


def manage(*arguments: str) -> tuple[str, ...]:
    """The argv of a management command; what pip installed has no manage.py."""
    script = settings.BASE_DIR / "manage.py"
    return (sys.executable, *((str(script),) if script.is_file() else ("-m", "mlops_portal")), *arguments)
