"""Where the repository's files lie, and how they get there: whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

FEW = 16
FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Layout:
    """``metadata`` and ``targets`` are served; ``staging`` lies beside them on the same file system."""

    root: Path

    @property
    def metadata(self) -> Path:
        return self.root / "metadata"

    @property
    def targets(self) -> Path:
        return self.root / "targets"

    @property
    def staging(self) -> Path:
        return self.root / "staging"

    @property
    def floor(self) -> int:
        """The lowest version that may be published: above all that nodes saw before a restore."""
        with suppress(FileNotFoundError, ValueError):
            return int((self.root / FLOOR).read_text(encoding="ascii"))
        return 0

    def leap(self, by: int) -> None:
        """Raise the floor to ``by`` above every version that was published here."""
        names = [*self.metadata.glob("*.*.json"), *self.root.glob("rosters/*/*.json")]
        numbers = [int(one.name.partition(".")[0]) for one in names if one.name.partition(".")[0].isdigit()]
        stamp = self.metadata / "timestamp.json"
        if stamp.exists():
            numbers.append(int(json.loads(stamp.read_bytes())["signed"]["version"]))
        (self.root / FLOOR).write_text(str(max([self.floor, *numbers]) + by), encoding="ascii")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One publisher at a time, over all processes of this machine."""
        for folder in (self.metadata, self.targets, self.staging):
            folder.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def put(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Write ``files`` into ``folder``: staged, made durable, then moved into place in the order given."""
        staged = [
            (self._stage(index, data), folder / name) for index, (name, data) in enumerate(files.items())
        ]
        for one in staged if len(staged) <= FEW else ():
            _sync(one[0])
        if len(staged) > FEW:
            os.sync()  # one for all is much quicker than one for each
        for made, path in staged:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.replace(path)
        for parent in {path.parent for _made, path in staged}:
            _sync(parent)

    def _stage(self, index: int, data: bytes) -> Path:
        path = self.staging / f"{os.getpid()}-{index}"
        path.write_bytes(data)
        return path


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
