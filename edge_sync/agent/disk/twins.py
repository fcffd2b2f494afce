"""A second copy of the three small files without which a node cannot begin: settings, TUF root, key.

A sound file refreshes its twin. One that rotted is set aside, and its twin takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from edge_sync.agent.disk import files
from edge_sync.agent.disk.aside import Aside

FOLDER = "twins"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def mend(path: Path, *, home: Path, trouble: Callable[[bytes], str], aside: Aside) -> None:
    """Refresh the twin of ``path``, or put it back; ``trouble`` says what is wrong with bytes, "" if nothing.

    Where neither is sound everything stays as it is; whoever reads the file says what is missing.
    """
    twin, data = home / FOLDER / path.name, _read(path)
    why = "is gone or cannot be read" if data is None else trouble(data)
    kept = _read(twin)
    if not why:
        if kept != data and data is not None:
            files.write(twin, data, mode=0o600)
        return
    if kept is None or trouble(kept):
        return
    then = "The copy kept of it takes its place."
    if path.exists() or path.is_symlink():
        aside.take(path, why, then)
    else:
        aside.say(f"{path.name} {why}. {then}")
    files.write(path, kept, mode=0o600)


def root_trouble(data: bytes) -> str:
    """What keeps ``data`` from being a TUF root; its signatures are checked where it is used."""
    try:
        root = json.loads(data)
        return "" if root["signed"]["_type"] == "root" and root["signatures"] else "is no TUF root"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "is no TUF root"
