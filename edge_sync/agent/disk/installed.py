"""What is installed on this node, and which of it runs: small files, each replaced in one step.

``installed/<asset>/<number>.json`` says what was accepted, by digests; ``current/<asset>.json`` is a copy of
the one that runs. Both outlive the network: a restart needs nothing else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from edge_sync.agent.disk import files
from edge_sync.agent.disk.aside import Aside

NOTHING = b"null"


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
        content = json.loads(path.read_text(encoding="utf-8"))
        one = Installed(**(content | {"statements": tuple(content["statements"])}))
        if type(one.number) is not int or not all(
            isinstance(text, str) for text in (one.asset, *one.statements, one.descriptor, one.artifact)
        ):
            return None
        return one
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
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
        """Nothing runs on the asset any more; said in the file, so that a lost one is told from it."""
        files.write(self._current / f"{asset}.json", NOTHING)

    def rotten(self, asset: str) -> str:
        """Why ``current`` gives None although something may run here; "" where it is right."""
        path = self._current / f"{asset}.json"
        if _read(path) is not None:
            return ""
        try:
            return "" if path.read_bytes() == NOTHING else "cannot be read"
        except FileNotFoundError:
            return "is gone" if self.all(asset) else ""
        except OSError:
            return "cannot be read"

    def put_right(self, asset: str, one: Installed | None, aside: Aside) -> None:
        """Set aside a rotten ``current``; ``one`` runs in its place, or nothing."""
        path, why = self._current / f"{asset}.json", self.rotten(asset)
        then = f"{one.activation} is what runs." if one else "Nothing runs until a release is taken."
        if path.exists():
            aside.take(path, why, then)
        else:
            aside.say(f"{path.name} {why}. {then}")
        if one:
            self.switch(one)
        else:
            self.clear(asset)

    def current(self, asset: str) -> Installed | None:
        return _read(self._current / f"{asset}.json")

    def before(self, asset: str, number: int) -> list[Installed]:
        """All releases of the asset below ``number``, newest first."""
        return [one for one in self.all(asset) if one.number < number]

    def all(self, asset: str) -> list[Installed]:
        """Every release that the asset ever switched to, newest first."""
        releases = [_read(path) for path in (self._installed / asset).glob("*.json")]
        mine = [one for one in releases if one and one.asset == asset]
        return sorted(mine, key=lambda one: one.number, reverse=True)
