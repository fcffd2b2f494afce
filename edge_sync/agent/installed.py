"""What is installed on this node, and which of it runs: small files, each replaced in one step.

``installed/<asset>/<number>.json`` says what was accepted, by digests; ``current/<asset>.json`` is a copy of
the one that runs. Both outlive the network: a restart needs nothing else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from edge_sync.agent import files


@dataclass(frozen=True, slots=True)
class Installed:
    """A release that this node accepted; ``descriptor``, ``roster`` and the others are digests of kept files.

    ``statements`` are the digests of the files that carry statement and envelope.
    """

    asset: str
    number: int
    descriptor: str
    artifact: str
    spec: str
    golden: str
    fallback: str
    roster: str
    statements: tuple[str, ...]

    @property
    def activation(self) -> str:
        return f"{self.asset}/{self.number}"


def _read(path: Path) -> Installed | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Installed(**(found | {"statements": tuple(found["statements"])}))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


class Shelf:
    """The two folders."""

    def __init__(self, home: Path) -> None:
        self._installed, self._current = home / "installed", home / "current"

    def keep(self, one: Installed) -> None:
        files.write(self._installed / one.asset / f"{one.number}.json", json.dumps(asdict(one)).encode())

    def switch(self, one: Installed) -> None:
        """From now on, and after any power cut, this one runs."""
        files.write(self._current / f"{one.asset}.json", json.dumps(asdict(one)).encode())

    def clear(self, asset: str) -> None:
        """Nothing runs on the asset any more."""
        files.remove(self._current / f"{asset}.json")

    def current(self, asset: str) -> Installed | None:
        return _read(self._current / f"{asset}.json")

    def before(self, asset: str, number: int) -> list[Installed]:
        """All releases of the asset below ``number``, newest first."""
        found = [_read(path) for path in (self._installed / asset).glob("*.json")]
        return sorted(
            (one for one in found if one and one.number < number), key=lambda one: one.number, reverse=True
        )
