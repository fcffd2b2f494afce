"""Publishing. Rules:

- Nothing is served that a node would refuse: every role is checked against its delegator before it is moved.
- Order: target files, roles, snapshot, timestamp last; a reader at any moment sees a whole state.
- Versions only grow, after a restore from above the floor (``Layout.leap``).
- What a role lists stays, unless it is dropped by name.
- A timestamp is renewed at half of its life, so are snapshot and lines: expiry stops updates.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from securesystemslib.signer import Signer
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, TargetFile, Targets, Timestamp

from edge_sync.errors import NoCeremony, NotPublished
from edge_sync.repository import published, roles
from edge_sync.repository.layout import Layout
from edge_sync.repository.published import Published

SignerOf = Callable[[str], Signer]


@dataclass(frozen=True, slots=True)
class Repository:
    """``signer_of`` gives the online signer of ``timestamp``, ``snapshot`` or a line's role."""

    layout: Layout
    signer_of: SignerOf

    def read(self) -> Published:
        return published.read(self.layout)

    def roster_bytes(self, line: str) -> bytes:
        """The published roster of a line, as its nodes have it. NoCeremony where there is none."""
        now = self.read()
        data = published.target(self.layout, now.targets, f"roster/{line}.json") if now.targets else None
        if data is None:
            raise NoCeremony(f"There is no signed roster for {line} yet; run keys_ceremony.")
        return data

    def line_file(self, line: str, name: str) -> bytes | None:
        """A published file of a line; None where its role lists none of that name."""
        role = self.read().lines.get(f"line-{line}")
        return published.target(self.layout, role, f"lines/{line}/{name}") if role else None

    def install(
        self,
        *,
        root: Metadata[Root] | None,
        targets: Metadata[Targets],
        rosters: Mapping[str, bytes],
        now: datetime,
    ) -> None:
        """Publish what a ceremony signed. NotPublished where the signatures do not suffice."""
        with self.layout.locked():
            before = self.read() if published.root_version(self.layout) else None
            if root is not None:
                _check(root.signed, Root.type, root)
                if before is not None:
                    _check(before.root.signed, Root.type, root)
            trusted = root or (before.root if before else None)
            if trusted is None:
                raise NoCeremony("There is no root to publish under.")
            _check(trusted.signed, Targets.type, targets)
            state = before or Published(trusted)
            state.root, state.targets = trusted, targets
            assert targets.signed.delegations is not None
            delegated = targets.signed.delegations.roles or {}
            state.lines = {
                role: self._kept(targets.signed, role, state.lines.get(role), now) for role in delegated
            }
            self.layout.put(
                self.layout.targets, {f"roster/{line}.json": data for line, data in rosters.items()}
            )
            if root is not None:
                name = f"{root.signed.version}.root.json"
                self.layout.put(self.layout.metadata, {name: roles.dump(root)})
            self._commit(state, [Targets.type, *state.lines], now)

    def publish(
        self, *, line: str, files: Mapping[str, bytes], now: datetime, drop: Collection[str] = ()
    ) -> None:
        """Publish files of a line (names without their folder) under the line's role.

        NoCeremony where the line has no role yet, NotPublished where its key is not the delegated one.
        """
        role, folder = f"line-{line}", f"lines/{line}"
        with self.layout.locked():
            state = self.read()
            if role not in state.lines:
                raise NoCeremony(f"{line} has no release key that a ceremony signed; run keys_ceremony.")
            before = state.lines[role].signed
            by_path = {f"{folder}/{name}": data for name, data in files.items()}
            listed = {
                path: one for path, one in before.targets.items() if path.rpartition("/")[2] not in drop
            }
            added = {path: TargetFile.from_data(path, data) for path, data in by_path.items()}
            made = roles.line(version=self._next(before), now=now, files=listed | added)
            state.lines[role] = self._signed(role, made)
            new = {path: data for path, data in by_path.items() if before.targets.get(path) != added[path]}
            self.layout.put(self.layout.targets, new)
            self._commit(state, [role], now)

    def refresh(self, now: datetime) -> list[str]:
        """Sign again what has passed half of its life; the names of the roles that were renewed."""
        with self.layout.locked():
            state = self.read()
            stale = [role for role, one in state.lines.items() if self._old(one, now, roles.LINE_DAYS)]
            for role in stale:
                before = state.lines[role].signed
                made = roles.line(version=self._next(before), now=now, files=before.targets)
                state.lines[role] = self._signed(role, made)
            if stale or self._old(state.snapshot, now, roles.SNAPSHOT_DAYS):
                self._commit(state, stale, now)
                return [*stale, Snapshot.type, Timestamp.type]
            if self._old(state.timestamp, now, roles.TIMESTAMP_DAYS):
                self._stamp(state, now)
                return [Timestamp.type]
        return []

    def _kept(
        self, targets: Targets, role: str, one: Metadata[Targets] | None, now: datetime
    ) -> Metadata[Targets]:
        """A line's role as it is; made where there is none, signed anew where its key is another one now."""
        if one is None:
            return self._signed(role, roles.line(version=1, now=now, files={}))
        if targets.get_verification_result(role, one.signed_bytes, one.signatures).verified:
            return one
        files = one.signed.targets
        return self._signed(role, roles.line(version=self._next(one.signed), now=now, files=files))

    def _next(self, before: Signed | None) -> int:
        return max(before.version + 1 if before else 1, self.layout.floor)

    def _old(self, one: Metadata[Any] | None, now: datetime, days: float) -> bool:
        """Half of its life is over, or it was published before a restore: nodes may have seen a later one."""
        return _half_over(one, now, days) or (one is not None and one.signed.version < self.layout.floor)

    def _signed(self, role: str, made: Metadata[Any]) -> Metadata[Any]:
        made.sign(self.signer_of(role))
        return made

    def _commit(self, state: Published, changed: list[str], now: datetime) -> None:
        if state.targets is None:
            raise NoCeremony("The rosters are not signed yet; run keys_ceremony.")
        moved: dict[str, bytes] = {}
        for role in changed:
            one = state.targets if role == Targets.type else state.lines[role]
            _check(state.root.signed if role == Targets.type else state.targets.signed, role, one)
            moved[f"{one.signed.version}.{role}.json"] = roles.dump(one)
        version = self._next(state.snapshot.signed if state.snapshot else None)
        made = roles.snapshot(version=version, now=now, versions=state.versions())
        state.snapshot = self._signed(Snapshot.type, made)
        _check(state.root.signed, Snapshot.type, state.snapshot)
        moved[f"{version}.snapshot.json"] = roles.dump(state.snapshot)
        self.layout.put(self.layout.metadata, moved)
        self._stamp(state, now)

    def _stamp(self, state: Published, now: datetime) -> None:
        if state.snapshot is None:
            raise NoCeremony("Nothing was published yet; run keys_ceremony.")
        version = self._next(state.timestamp.signed if state.timestamp else None)
        made = roles.timestamp(version=version, now=now, snapshot_version=state.snapshot.signed.version)
        state.timestamp = self._signed(Timestamp.type, made)
        _check(state.root.signed, Timestamp.type, state.timestamp)
        self.layout.put(self.layout.metadata, {"timestamp.json": roles.dump(state.timestamp)})


def _half_over(one: Metadata[Any] | None, now: datetime, days: float) -> bool:
    return one is None or one.signed.expires - now < timedelta(days=days / 2)


def _check(delegator: Root | Targets, role: str, one: Metadata[Any]) -> None:
    result = delegator.get_verification_result(role, one.signed_bytes, one.signatures)
    if not result.verified:
        raise NotPublished(
            f"{role} has {len(result.signed)} of {result.threshold} valid signatures; nodes would refuse it."
        )
