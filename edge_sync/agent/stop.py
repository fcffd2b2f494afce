"""What a person at the machine may command, without network and without the portal.

A command is a file in ``commands/``: ``stop-<asset>`` stops judging until it is taken away, ``back-<asset>``
goes back to the approved fallback once. The file's text is the reason; both are reported.
"""

from __future__ import annotations

from pathlib import Path

from edge_sync.agent import files

ALL = "all"


def _path(home: Path, command: str, asset: str) -> Path:
    return home / "commands" / f"{command}-{asset}"


def _reason(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or "no reason was given"
    except FileNotFoundError:
        return None


def command(home: Path, name: str, asset: str, reason: str) -> None:
    files.write(_path(home, name, asset), reason.encode())


def withdraw(home: Path, name: str, asset: str) -> None:
    files.remove(_path(home, name, asset))


def stopped(home: Path, asset: str) -> str | None:
    """The reason for which the asset (or all of them) is stopped; None while it runs."""
    return _reason(_path(home, "stop", asset)) or _reason(_path(home, "stop", ALL))


def going_back(home: Path, asset: str) -> str | None:
    """The reason for which somebody wants the fallback; None where nobody does."""
    return _reason(_path(home, "back", asset))
