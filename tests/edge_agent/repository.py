"""A tiny portal's TUF repository in a folder, made with tuf.api alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from securesystemslib.signer import CryptoSigner
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

LINE = "line-2"


class TufRepository:
    """``keys["targets"]`` is the roster's (offline), ``keys["line"]`` the line's (online)."""

    def __init__(self, folder: Path) -> None:
        self.metadata, self.targets = folder / "metadata", folder / "targets"
        for one in (self.metadata, self.targets):
            one.mkdir(parents=True)
        self.keys = {
            name: CryptoSigner.generate_ed25519()
            for name in ("root", "targets", "line", "snapshot", "timestamp")
        }
        expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
        root = Root(expires=expires, consistent_snapshot=True)
        for role in ("root", "targets", "snapshot", "timestamp"):
            root.add_key(self.keys[role].public_key, role)
        signed_root = Metadata(root)
        signed_root.sign(self.keys["root"])
        self.root = signed_root.to_bytes()
        (self.metadata / "1.root.json").write_bytes(self.root)
        self.top, self.line = Targets(expires=expires), Targets(expires=expires)
        self.snapshot, self.timestamp = Snapshot(expires=expires), Timestamp(expires=expires)
        key = self.keys["line"].public_key
        role = DelegatedRole(f"line-{LINE}", [key.keyid], 1, True, paths=[f"lines/{LINE}/*"])
        self.top.delegations = Delegations({key.keyid: key}, {role.name: role})
        self.snapshot.meta[f"line-{LINE}.json"] = MetaFile(1)
        self._first = True

    def put(self, path: str, data: bytes) -> None:
        """Stage a target; whoever holds the key of its role can."""
        place = self.targets / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        role = self.top if path.startswith("roster/") else self.line
        role.targets[path] = TargetFile.from_data(path, data, ["sha256"])

    def publish(self, *, sign_roster_with: str = "targets", expires: datetime | None = None) -> None:
        """Sign and publish everything anew, timestamp last."""
        if not self._first:
            for one in (self.top, self.line, self.snapshot, self.timestamp):
                one.version += 1
        self._first = False
        if expires:
            self.timestamp.expires = expires
        self.snapshot.meta["targets.json"] = MetaFile(self.top.version)
        self.snapshot.meta[f"line-{LINE}.json"] = MetaFile(self.line.version)
        self.timestamp.snapshot_meta = MetaFile(self.snapshot.version)
        for name, body, key in (
            (f"{self.top.version}.targets", self.top, sign_roster_with),
            (f"{self.line.version}.line-{LINE}", self.line, "line"),
            (f"{self.snapshot.version}.snapshot", self.snapshot, "snapshot"),
            ("timestamp", self.timestamp, "timestamp"),
        ):
            signed = Metadata(body)
            signed.sign(self.keys[key])
            (self.metadata / f"{name}.json").write_bytes(signed.to_bytes())
