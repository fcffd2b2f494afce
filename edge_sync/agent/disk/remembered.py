"""The second copy of what a node must never forget, beside the bundles that it installed.

The store holds the same; this file outlives it. From it, from the store and from the installed bundles the
highest counts, so that whoever makes the store rot rolls no node back:

- per asset the highest release number that was accepted, and what it was;
- revocations, for good;
- the newest time that the node has seen;
- numbers that may have been used for batches and reports, so that none comes twice;
- by asset the oldest file of its feed in which something may not have arrived.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from edge_sync.agent.disk import files
from edge_sync.agent.disk.aside import Aside
from mlops_portal.foundation.wire.release import Seen

AHEAD = 1000  # numbers reserved at once: a file is not written for each of them


@dataclass(slots=True)
class _Kept:
    node: str
    starts: int = 0
    newest: float = 0.0
    highest: dict[str, list[int | str]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    unsent: dict[str, str] = field(default_factory=dict)


def _digest(body: dict[str, object]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _parse(data: bytes, node: str) -> _Kept:
    """ValueError, KeyError or TypeError where it is not this node's, or not whole."""
    content = json.loads(data)
    body = content["kept"]
    if content["digest"] != _digest(body) or body["node"] != node:
        raise ValueError
    return _Kept(**{name: value for name, value in body.items() if name in _Kept.__slots__})


class Remembered:
    """One small file, replaced in one step at every change; used by both threads."""

    def __init__(self, home: Path, *, node: str, aside: Aside) -> None:
        self._path, self._lock = home / "installed" / "remembered.json", threading.Lock()
        self._kept = _Kept(node)
        self.lost = False
        try:
            self._kept = _parse(self._path.read_bytes(), node)
        except FileNotFoundError:
            self.lost = True
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.lost = True
            aside.take(self._path, "cannot be read, or is another node's", "The store fills a new one.")

    def _write(self) -> None:
        body = asdict(self._kept)
        files.write(self._path, json.dumps({"kept": body, "digest": _digest(body)}).encode())

    def begun(self) -> int:
        """How often this home was begun."""
        return self._kept.starts

    def begin(self, starts: int) -> None:
        with self._lock:
            self._kept.starts = starts
            self._write()

    def highest(self, asset: str) -> Seen | None:
        seen = self._kept.highest.get(asset)
        return Seen(int(seen[0]), str(seen[1])) if seen else None

    def see(self, asset: str, seen: Seen) -> None:
        """Keep ``seen`` where it is higher than what is kept."""
        with self._lock:
            before = self._kept.highest.get(asset)
            if before is None or int(before[0]) < seen.number:
                self._kept.highest[asset] = [seen.number, seen.digest]
                self._write()

    @property
    def revoked(self) -> frozenset[str]:
        return frozenset(self._kept.revoked)

    def revoke(self, ids: Iterable[str]) -> None:
        with self._lock:
            new = self.revoked | frozenset(ids)
            if len(new) != len(self._kept.revoked):
                self._kept.revoked = sorted(new)
                self._write()

    @property
    def newest(self) -> float:
        return self._kept.newest

    def note_newest(self, at: float) -> None:
        with self._lock:
            self._kept.newest = at
            self._write()

    def reserved(self) -> dict[str, int]:
        return dict(self._kept.numbers)

    def reserve(self, name: str, up_to: int) -> None:
        """Numbers of ``name`` up to this one are about to be used."""
        with self._lock:
            if self._kept.numbers.get(name, -1) < up_to:
                self._kept.numbers[name] = up_to + AHEAD
                self._write()

    def unsent(self, asset: str) -> str:
        """How the file is known (``feed.Place.head``); "" where nothing was noted."""
        return self._kept.unsent.get(asset, "")

    def note_unsent(self, heads: dict[str, str]) -> None:
        """What was read before these files has arrived."""
        with self._lock:
            if any(self._kept.unsent.get(asset) != head for asset, head in heads.items()):
                self._kept.unsent |= heads
                self._write()
