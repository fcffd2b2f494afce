"""The roster of a line: what is signed, what the next ceremony would sign, and what differs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet

from approvals.selectors.passkeys import passkeys_of
from approvals.selectors.policies import line_rules
from approvals.selectors.seal_key import seal_public
from edge_sync.errors import NoCeremony, NotPublished
from edge_sync.keys.repository import layout, repository
from edge_sync.selectors.roster_changes import Change, differences
from edge_sync.selectors.witnesses import witness_of
from mlops_portal.foundation.ledger.errors import NoCheckpointKey
from mlops_portal.foundation.ledger.selectors.keys import checkpoint_verifier
from mlops_portal.foundation.plant.matrix import ACTIONS
from mlops_portal.foundation.plant.models import Line, Node, Person, RoleAssignment
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire import jcs, roster
from mlops_portal.foundation.wire.assertion import b64url
from mlops_portal.foundation.wire.roster import Recovered, Roster

LONGEST = timedelta(days=30)


def kept() -> list[tuple[str, bytes]]:
    """Every roster that was ever signed, as “<line>/<version>.json”, for exports."""
    folder = layout().root / "rosters"
    return [(str(one.relative_to(folder)), one.read_bytes()) for one in sorted(folder.glob("*/*.json"))]


def offline_metadata() -> list[tuple[str, bytes]]:
    """Every root and every list of rosters that offline keys signed, by the name of its file, for exports."""
    folder = layout().metadata
    return [
        (one.name, one.read_bytes())
        for kind in ("root", "targets")
        for one in sorted(folder.glob(f"*.{kind}.json"))
    ]


def root_digest() -> str:
    """SHA-256 of the first root, which stands on the paper of the ceremony; "" before it."""
    try:
        return sha256((layout().metadata / "1.root.json").read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def signed(line: Line) -> Roster | None:
    """The published roster, as the line's nodes have it; None before the first ceremony."""
    try:
        return roster.parse(repository().roster_bytes(line.slug))
    except NoCeremony:
        return None


def wanted(
    line: Line,
    *,
    version: int,
    now: datetime,
    days: int = LONGEST.days,
    recovered: Recovered | None = None,
) -> dict[str, Any]:
    """The roster as people, roles, passkeys and rules are now. ValueError beyond 30 days.

    ``recovered`` stays in it: a node that was away must find it when it comes back.
    """
    if not 0 < days <= LONGEST.days:
        raise ValueError("a roster is valid for 1 to 30 days")
    held = _roles_on(line)
    people = list(Person.objects.filter(pk__in=held, is_active=True).order_by("pk"))
    rules = line_rules(line)
    return roster.build(
        line=line.slug,
        version=version,
        expires=(now + timedelta(days=days)).replace(microsecond=0),
        rp_id=urlsplit(settings.PUBLIC_URL).hostname or "",
        origins=[settings.PUBLIC_URL],
        minimum_assurance=rules.minimum_assurance.value,
        quorum=rules.quorum,
        people=[
            {
                "id": str(one.pk),
                "name": one.name,
                "roles": sorted(held[one.pk]),
                "passkeys": [
                    {"id": key.id, "public_key": b64url(key.public_key)} for key in passkeys_of(one)
                ],
            }
            for one in people
        ],
        seal_keys=_seal_keys() if rules.is_portal_trusted else [],
        log_keys=_log_keys(),
        witnesses=[str(witness_of(one)) for one in _enrolled(line)],
        recovered=asdict(recovered) | {"root": recovered.root.hex()} if recovered else None,
    )


def _log_keys() -> list[str]:
    """None where the log signs nothing yet: nodes then witness nothing until the next ceremony."""
    try:
        return [str(checkpoint_verifier(make=True))]
    except NoCheckpointKey:
        return []


def _enrolled(line: Line) -> QuerySet[Node]:
    """Nodes whose cosignatures count: those of the line that have a key."""
    return line.nodes.filter(retired_at=None, replays=False).exclude(public_key="")


def _seal_keys() -> list[dict[str, str]]:
    key_id, public = seal_public(make=True)
    return [{"id": key_id, "public": public.hex()}]


def _roles_on(line: Line) -> dict[Any, set[str]]:
    """Who may decide on the line, by person; administrators never do, whatever else they are."""
    rows = RoleAssignment.objects.current().filter(Q(line=line) | Q(line=None, site=line.site_id))
    roles_of: dict[Any, set[str]] = {}
    for one in rows:
        roles_of.setdefault(one.person_id, set()).add(one.role)
    deciding = ACTIONS["approval.decide"].roles
    return {
        person: roles & deciding
        for person, roles in roles_of.items()
        if roles & deciding and Role.ADMINISTRATOR not in roles
    }


def pending(line: Line, *, now: datetime) -> list[Change]:
    """What nodes do not know yet: it waits for the next ceremony."""
    try:
        before = signed(line)
    except NotPublished as error:
        return [Change("rule", error.sentence)]
    kept = before.recovered if before else None
    after = roster.parse(jcs.canonical(wanted(line, version=1, now=now, recovered=kept)))
    return differences(before, after)
