"""TUF metadata as this repository makes it (TUF specification 1.0.34): who signs what, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from securesystemslib.signer import Key
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

ROOT_DAYS, LINE_DAYS, SNAPSHOT_DAYS, TIMESTAMP_DAYS = 365, 30, 7, 1
ROOT_THRESHOLD = 2
SERIALIZER = JSONSerializer(compact=True)


def until(now: datetime, days: float) -> datetime:
    """An expiry as TUF writes it: whole seconds."""
    return (now + timedelta(days=days)).replace(microsecond=0)


def dump(metadata: Metadata) -> bytes:
    return metadata.to_bytes(SERIALIZER)


def root(
    *, version: int, now: datetime, roots: Iterable[Key], roster: Key, timestamp: Key, snapshot: Key
) -> Metadata[Root]:
    """An unsigned root: two of the offline root keys, the offline roster key, the two online keys."""
    made = Root(version=version, expires=until(now, ROOT_DAYS), consistent_snapshot=True)
    for key in roots:
        made.add_key(key, Root.type)
    made.roles[Root.type].threshold = ROOT_THRESHOLD
    made.add_key(roster, Targets.type)
    made.add_key(timestamp, Timestamp.type)
    made.add_key(snapshot, Snapshot.type)
    return Metadata(made)


def targets(
    *, version: int, expires: datetime, rosters: Mapping[str, bytes], lines: Mapping[str, Key]
) -> Metadata[Targets]:
    """Unsigned top-level targets: a roster a line, and the line's own role for what lies below its folder."""
    roles = {
        f"line-{line}": DelegatedRole(f"line-{line}", [key.keyid], 1, True, [f"lines/{line}/*"])
        for line, key in lines.items()
    }
    keys = {key.keyid: key for key in lines.values()}
    files = {f"roster/{line}.json": data for line, data in rosters.items()}
    return Metadata(
        Targets(
            version=version,
            expires=expires.replace(microsecond=0),
            targets={path: TargetFile.from_data(path, data) for path, data in files.items()},
            delegations=Delegations(keys, roles),
        )
    )


def line(*, version: int, now: datetime, files: Mapping[str, TargetFile]) -> Metadata[Targets]:
    return Metadata(Targets(version=version, expires=until(now, LINE_DAYS), targets=dict(files)))


def snapshot(*, version: int, now: datetime, versions: Mapping[str, int]) -> Metadata[Snapshot]:
    meta = {f"{role}.json": MetaFile(number) for role, number in versions.items()}
    return Metadata(Snapshot(version=version, expires=until(now, SNAPSHOT_DAYS), meta=meta))


def timestamp(*, version: int, now: datetime, snapshot_version: int) -> Metadata[Timestamp]:
    return Metadata(
        Timestamp(
            version=version, expires=until(now, TIMESTAMP_DAYS), snapshot_meta=MetaFile(snapshot_version)
        )
    )
