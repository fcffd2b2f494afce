"""What a person's signature would be worth, told before they sign: as what it counts, whether nodes know it.

- An approval counts as one role, where a place of the line's quorum for that role is still empty.
- Nodes trust the keys of the signed roster and no others: a passkey that was added since is unknown to them.
- A return or a rejection ends the request alone, whatever the role.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.utils import timezone

from approvals.models import ApprovalRequest
from approvals.rosters import roster_of
from approvals.selectors.passkeys import passkeys_of
from approvals.selectors.policies import LineRules, line_rules
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.wire.roster import Roster, quorum_met


class Key(StrEnum):
    """With what a person could sign on a line now."""

    KNOWN = "known"  # a passkey that its nodes know
    UNKNOWN = "unknown"  # passkeys, none of which its nodes know yet
    CODE = "code"  # password and one-time code, on a portal-trusted line
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Worth:
    """``counts_as``: the role whose empty place an approval would fill, None where it would change nothing;
    ``credentials``: the passkeys to sign with, those that nodes know where there is one."""

    counts_as: Role | None
    key: Key
    credentials: tuple[str, ...]

    @property
    def can(self) -> bool:
        """Whether an approval signed now is one that nodes take."""
        return self.counts_as is not None and self.key in (Key.KNOWN, Key.CODE)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the worth of every signature on a request rests on; ``approved``: the approvers' roles, by id."""

    rules: LineRules
    roster: Roster | None
    approved: Mapping[str, frozenset[str]]
    now: datetime


def ground_of(request: ApprovalRequest, approved: Mapping[str, frozenset[str]]) -> Ground:
    return Ground(line_rules(request.line), roster_of(request.line), approved, timezone.now())


def worth_of(person: Person, ground: Ground, *, roles: Collection[Role]) -> Worth:
    """``roles``: those with which the person decides on the line."""
    key, credentials = _key(person, ground)
    return Worth(_place(person, ground, roles), key, credentials)


def _place(person: Person, ground: Ground, roles: Collection[Role]) -> Role | None:
    others = {one: held for one, held in ground.approved.items() if one != str(person.pk)}
    empty = _empty(ground, others)
    for role in roles:
        if _empty(ground, {**others, str(person.pk): frozenset({role.value})}) < empty:
            return role
    return None


def _empty(ground: Ground, held: Mapping[str, frozenset[str]]) -> int:
    return sum(quorum_met(ground.rules.quorum, held).missing.values())


def _key(person: Person, ground: Ground) -> tuple[Key, tuple[str, ...]]:
    own = [one.id for one in passkeys_of(person)]
    known = _known(ground, person)
    if usable := tuple(one for one in own if one in known):
        return Key.KNOWN, usable
    app = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP)
    if ground.rules.is_portal_trusted and app.exists():
        return Key.CODE, tuple(own)
    return (Key.UNKNOWN if own else Key.NONE), tuple(own)


def _known(ground: Ground, person: Person) -> Collection[str]:
    """The credential ids that nodes take from the person; none of a roster that ran out."""
    roster = ground.roster
    if roster is None or roster.expires <= ground.now or (one := roster.people.get(str(person.pk))) is None:
        return ()
    return set(one.passkeys) - set(roster.revoked)
