"""What a person at the machine may command, without network and without the portal.

A command is a file in ``commands/``: ``stop-<asset>`` stops judging until it is taken away, ``back-<asset>``
goes back to the approved fallback once, ``clock-right`` says that the node's clock is right. The file's text
is the reason; all are reported.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from edge_sync.agent.disk import files
from edge_sync.agent.disk.aside import set_aside

ALL = "all"


def _path(home: Path, command: str, asset: str) -> Path:
    return home / "commands" / f"{command}-{asset}"


def _reason(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or "no reason was given"
    except FileNotFoundError:
        return None
    except OSError:  # a stop that cannot be read is a stop
        return "its reason cannot be read"


def command(home: Path, name: str, asset: str, reason: str) -> None:
    files.write(_path(home, name, asset), reason.encode())


def withdraw(home: Path, name: str, asset: str) -> None:
    path = _path(home, name, asset)
    if path.is_dir():
        set_aside(path, datetime.now(UTC))
    else:
        files.remove(path)


def stopped(home: Path, asset: str) -> str | None:
    """The reason for which the asset (or all of them) is stopped; None while it runs."""
    return _reason(_path(home, "stop", asset)) or _reason(_path(home, "stop", ALL))


def clock_right(home: Path) -> str | None:
    """What a person says who says that the clock is right; None where nobody does."""
    return _reason(_path(home, "clock", "right"))


def going_back(home: Path, asset: str) -> str | None:
    """The reason for which somebody wants the fallback; None where nobody does."""
    return _reason(_path(home, "back", asset))
