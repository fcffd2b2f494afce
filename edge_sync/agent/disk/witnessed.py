"""The newest checkpoint that this node cosigned, kept twice: a file of its own, and the store.

Whoever makes one of them rot takes from the node nothing that it saw; the larger of the two counts.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edge_sync.agent.disk import files
from edge_sync.agent.disk.aside import set_aside
from edge_sync.agent.disk.store import Store
from mlops_portal.foundation.wire import checkpoint, note
from mlops_portal.foundation.wire.checkpoint import Checkpoint

META = "witnessed"
ROT = (ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True)
class Kept:
    """``note`` is the checkpoint with this node's cosignature below it, "" before the first.

    ``since`` is the last recovery that was followed; ``refused``, where it is not "", a checkpoint that does
    not extend it, ``why`` the sentence; ``told``: the portal has what ``note`` and ``refused`` say.
    """

    note: str = ""
    since: int = 0
    refused: str = ""
    why: str = ""
    told: bool = True

    @property
    def checkpoint(self) -> Checkpoint | None:
        return checkpoint.parse(note.split(self.note)[0]) if self.note else None

    @property
    def rank(self) -> tuple[int, int]:
        known = self.checkpoint
        return self.since, known.size if known else 0


def _parsed(said: Any) -> Kept:
    """ValueError, TypeError or KeyError where it is not what was kept."""
    one = Kept(**said)
    if [type(value) for value in asdict(one).values()] != [str, int, str, str, bool] or one.rank is None:
        raise ValueError
    return one


def read(home: Path, store: Store, now: datetime) -> Kept:
    """What the node saw last; a file that cannot be read is set aside, and the store's copy counts."""
    path, copies = home / "witness" / "kept.json", [Kept()]
    try:
        copies.append(_parsed(json.loads(path.read_bytes())))
    except FileNotFoundError:
        pass
    except (OSError, *ROT):
        set_aside(path, now)
    with contextlib.suppress(*ROT):
        copies.append(_parsed(store.meta(META, {})))
    return max(copies, key=lambda one: one.rank)


def write(home: Path, store: Store, kept: Kept) -> None:
    """In both places, durably, before anything is said to anybody."""
    files.write(home / "witness" / "kept.json", json.dumps(asdict(kept)).encode())
    with store.transaction():
        store.set_meta(META, asdict(kept))
