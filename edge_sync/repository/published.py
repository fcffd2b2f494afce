"""What is published now, read as a node would: from the timestamp down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from edge_sync.errors import NoCeremony, NotPublished
from edge_sync.repository.layout import Layout


@dataclass(slots=True)
class Published:
    """The metadata that the timestamp leads to; ``lines`` by the name of their role."""

    root: Metadata[Root]
    targets: Metadata[Targets] | None = None
    snapshot: Metadata[Snapshot] | None = None
    timestamp: Metadata[Timestamp] | None = None
    lines: dict[str, Metadata[Targets]] = field(default_factory=dict)

    def versions(self) -> dict[str, int]:
        versions = {role: one.signed.version for role, one in self.lines.items()}
        return versions | ({"targets": self.targets.signed.version} if self.targets else {})


def root_version(layout: Layout) -> int:
    """The highest version of the root that is there; 0 before the first ceremony."""
    numbers = [int(one.name.partition(".")[0]) for one in layout.metadata.glob("*.root.json")]
    return max(numbers, default=0)


def _read(path: Path) -> Any:
    try:
        return Metadata.from_bytes(path.read_bytes())
    except FileNotFoundError:
        raise NoCeremony(f"{path.name} is missing from the repository; run keys_ceremony.") from None


def read(layout: Layout) -> Published:
    """NoCeremony before the first ceremony."""
    version = root_version(layout)
    if not version:
        raise NoCeremony("There are no signed keys yet; run keys_ceremony.")
    state = Published(_read(layout.metadata / f"{version}.root.json"))
    if not (layout.metadata / "timestamp.json").exists():
        return state
    state.timestamp = _read(layout.metadata / "timestamp.json")
    number = state.timestamp.signed.snapshot_meta.version
    state.snapshot = _read(layout.metadata / f"{number}.snapshot.json")
    for name, meta in state.snapshot.signed.meta.items():
        role = name.removesuffix(".json")
        one = _read(layout.metadata / f"{meta.version}.{name}")
        if role == Targets.type:
            state.targets = one
        else:
            state.lines[role] = one
    return state


def target(layout: Layout, role: Metadata[Targets], path: str) -> bytes | None:
    """A published file, checked against its role; None where none is listed; NotPublished."""
    entry = role.signed.targets.get(path)
    if entry is None:
        return None
    try:
        data = (layout.targets / path).read_bytes()
        entry.verify_length_and_hashes(data)
    except (FileNotFoundError, LengthOrHashMismatchError):
        raise NotPublished(f"The published file {path} is missing or was changed.") from None
    return data
