"""A key ceremony: what would change, and the signing of it with the offline keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, Root

from edge_sync.errors import NoLines, NotTheDemo, PlanChanged
from edge_sync.keys import online
from edge_sync.keys.demo import is_demo
from edge_sync.keys.offline import OfflineKeys, opened
from edge_sync.keys.repository import layout, repository
from edge_sync.repository import published, roles
from edge_sync.selectors import roster as rosters
from edge_sync.selectors.roster_changes import Change, differences
from edge_sync.services.keys import keys_note
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.selectors import checkpoint_latest
from mlops_portal.foundation.ledger.services import disputes_settle, event_record
from mlops_portal.foundation.plant.models import Line, Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.errors import Conflict
from mlops_portal.foundation.wire.roster import Recovered, parse
from mlops_portal.foundation.wire.words import words

RENEW_ROOT = timedelta(days=90)
LONGEST_REASON = 240


@dataclass(slots=True)
class Signing:
    """What was signed for a line."""

    line: Line
    version: int
    data: bytes
    changes: list[Change] = field(default_factory=list)

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()

    @property
    def words(self) -> str:
        return " ".join(words(self.digest))


def plan(lines: Iterable[Line], *, now: datetime, days: int, recover: str = "") -> list[Signing]:
    """The next roster of each line, and what differs from the one that nodes have.

    ``recover``: why the log goes on from its newest checkpoint, whatever nodes saw before.
    """
    latest = checkpoint_latest() if recover else None
    if recover and latest is None:
        raise Conflict(_("The log has no checkpoint yet; there is nothing from which it could go on."))
    signings, floor = [], layout().floor
    for line in lines:
        before = rosters.signed(line)
        version = max(before.version + 1 if before else 1, floor)
        kept = before.recovered if before else None
        if latest is not None:
            kept = Recovered(version, latest.size, bytes(latest.root), recover[:LONGEST_REASON])
        data = jcs.canonical(rosters.wanted(line, version=version, now=now, days=days, recovered=kept))
        signings.append(Signing(line, version, data, differences(before, parse(data))))
    return signings


def plan_all(*, now: datetime, days: int = rosters.LONGEST.days, recover: str = "") -> list[Signing]:
    """The next roster of every line."""
    return plan(Line.objects.select_related("site"), now=now, days=days, recover=recover.strip())


def plan_digest(planned: Iterable[Signing]) -> str:
    """Of what a person is shown before they have it signed: all of each roster but how long it is valid, and
    where the log goes on, of which they write themselves."""
    shown: list[Any] = [json.loads(one.data) | {"expires": "", "recovered": None} for one in planned]
    return sha256(jcs.canonical(shown)).hexdigest()


def ceremony_hold(
    *, by: Person | None, planned: list[Signing], now: datetime, offline: Path | None = None, shown: str = ""
) -> list[Signing]:
    """Sign the planned rosters with the offline keys and publish them; the log's events commit with it or not
    at all. ``by`` None: the command, whoever holds the keys in ``offline`` (the demo's by default).

    A person at a page has it done at the demo plant alone, with ``shown``, the digest of the plan that they
    saw. NotTheDemo, NotAllowed, PlanChanged, KeyUnreadable.
    """
    if by is not None:
        guard(by, "keys.ceremony")
        if not is_demo() or offline is not None:
            raise NotTheDemo(
                _("A page holds no ceremony here; bring the offline keys and run keys_ceremony.")
            )
        for one in planned:
            guard(by, "keys.ceremony", site=one.line.site)
        if plan_digest(planned) != shown:
            raise PlanChanged(_("People, keys or rules changed meanwhile; look at what waits once more."))
    if not planned:
        raise NoLines(_("There are no lines yet; add one first."))
    keys = opened(offline, make=published.root_version(layout()) == 0)
    _hold(planned, keys, by.actor if by else SYSTEM, now)
    changed("keys")
    return planned


def _hold(planned: list[Signing], keys: OfflineKeys, actor: Actor, now: datetime) -> None:
    lines = {one.line.slug: online.signer_made(online.role_of(one.line.slug)) for one in planned}
    timestamp, snapshot = (online.signer_made(name) for name in (online.TIMESTAMP, online.SNAPSHOT))
    version = published.root_version(layout())
    root = _root(keys, version, timestamp.public_key, snapshot.public_key, now)
    state = repository().read() if version else None
    targets = roles.targets(
        version=max(state.targets.signed.version + 1 if state and state.targets else 1, layout().floor),
        expires=max(parse(one.data).expires for one in planned),
        rosters={one.line.slug: one.data for one in planned},
        lines={slug: signer.public_key for slug, signer in lines.items()},
    )
    targets.sign(keys.roster)
    with transaction.atomic():
        _keys_noted(keys, {"timestamp": timestamp, "snapshot": snapshot}, lines, now)
        if root is not None:
            _root_told(root, actor, now)
        for one in planned:
            _told(one, actor, now)
        _recovery_told(planned, actor, now)
        repository().install(
            root=root,
            targets=targets,
            rosters={one.line.slug: one.data for one in planned},
            now=now,
        )
        kept = {f"{one.line.slug}/{one.version}.json": one.data for one in planned}
        layout().put(layout().root / "rosters", kept)


def _recovery_told(planned: list[Signing], actor: Actor, now: datetime) -> None:
    """One event for all lines; what nodes refused before is settled by it."""
    new = [said for one in planned if (said := parse(one.data).recovered) and said.since == one.version]
    if new:
        disputes_settle(actor=actor, why=new[0].reason, now=now)


def _root(
    keys: OfflineKeys, version: int, timestamp: Key, snapshot: Key, now: datetime
) -> Metadata[Root] | None:
    """A new root where there is none, where its keys changed, or where it nears its end."""
    made = roles.root(
        version=version + 1,
        now=now,
        roots=[one.public_key for one in keys.roots],
        roster=keys.roster.public_key,
        timestamp=timestamp,
        snapshot=snapshot,
    )
    if version:
        before = repository().read().root.signed
        same = before.roles == made.signed.roles
        if same and before.expires - now > RENEW_ROOT:
            return None
    for signer in keys.roots:
        made.sign(signer, append=True)
    return made


def _keys_noted(keys: OfflineKeys, online_keys: dict[str, Any], lines: dict[str, Any], now: datetime) -> None:
    def row(signer: Any) -> dict[str, tuple[str, str]]:
        key = signer.public_key
        return {key.keyid: (key.scheme, str(key.keyval["public"]))}

    offline = [one for signer in keys.roots for one in row(signer).items()]
    keys_note(purpose="root", keys=dict(offline), now=now)
    keys_note(purpose="roster", keys=row(keys.roster), now=now)
    for name, signer in (online_keys | {f"line-{slug}": one for slug, one in lines.items()}).items():
        keys_note(purpose=name[:40], keys=row(signer), now=now)


def _root_told(root: Metadata[Root], actor: Actor, now: datetime) -> None:
    event_record(
        type="edge.root.signed",
        actor=actor,
        subjects=[Ref("tuf_root", str(root.signed.version))],
        public={
            "version": root.signed.version,
            "signatures": len(root.signatures),
            "digest": sha256(roles.dump(root)).hexdigest(),
            "expires": root.signed.expires.isoformat(),
        },
        at=now,
    )


def _told(one: Signing, actor: Actor, now: datetime) -> None:
    said = parse(one.data)
    event_record(
        type="edge.roster.signed",
        actor=actor,
        subjects=[one.line.ref(), Ref("roster", f"{one.line.slug}/{one.version}")],
        public={
            "line": one.line.name,
            "version": one.version,
            "digest": one.digest,
            "expires": said.expires.isoformat(),
            "people": len(said.people),
            "keys": sum(len(person.passkeys) for person in said.people.values()),
            "assurance": said.minimum_assurance,
            "quorum": dict(said.quorum),
        },
        at=now,
    )
