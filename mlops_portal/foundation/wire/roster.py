"""The roster: who may approve what on a line, with which keys. Signed offline; nodes trust it alone.

Rules:
- A decision counts only if its person stands in the roster, holds the role named in the statement, and the
  signature is made with a key that the roster gives to that person and nobody revoked.
- A seal counts as ``code``, a passkey as ``passkey``; below the minimum assurance nothing counts.
- The quorum is met when every place of every role is filled by a different person (bipartite matching).
- A passkey belongs to one person; nobody fills two places with one key.
- ``log_keys`` sign the log, ``witnesses`` are the nodes whose cosignatures count, as their notes name them.
- ``recovered``: people accept that the log goes on from this checkpoint, whatever nodes saw before; each node
  follows once, where ``since`` (the version that first said it) is higher than the last.
- A roster is valid for at most 30 days after it was signed; that bounds a freeze.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlops_portal.foundation.wire.assertion import AssertionRefused, from_b64url, verify_passkey, verify_seal
from mlops_portal.foundation.wire.errors import Invalid
from mlops_portal.foundation.wire.note import Key
from mlops_portal.foundation.wire.statement import Statement
from mlops_portal.foundation.wire.statement import parse as parse_statement

FORMAT = "mlops-portal/roster@1"
ASSURANCE = ("code", "passkey")
FIELDS = {
    "format", "line", "version", "expires", "rp_id", "origins", "minimum_assurance",
    "quorum", "people", "seal_keys", "revoked",
}  # fmt: skip
LATER = {"log_keys", "witnesses", "recovered"}  # rosters of before do not have them


@dataclass(frozen=True, slots=True)
class Recovered:
    """From which checkpoint the log goes on after it was restored, and why."""

    since: int
    size: int
    root: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """Somebody of the roster; passkeys map a credential id (base64url) to its DER public key."""

    id: str
    name: str
    roles: frozenset[str]
    passkeys: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Roster:
    """A parsed roster of one line."""

    line: str
    version: int
    expires: datetime
    rp_id: str
    origins: tuple[str, ...]
    minimum_assurance: str
    quorum: Mapping[str, int]
    people: Mapping[str, RosterPerson]
    seal_keys: Mapping[str, bytes]
    revoked: frozenset[str]
    log_keys: tuple[Key, ...] = ()
    witnesses: tuple[str, ...] = ()
    recovered: Recovered | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """A decision whose signature holds under the roster."""

    statement: Statement
    person: RosterPerson
    assurance: str


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether enough people decided, and how many of each role are missing."""

    met: bool
    missing: Mapping[str, int]


def build(
    *,
    line: str,
    version: int,
    expires: datetime,
    rp_id: str,
    origins: Iterable[str],
    minimum_assurance: str,
    quorum: Mapping[str, int],
    people: Iterable[Mapping[str, Any]],
    seal_keys: Iterable[Mapping[str, str]],
    revoked: Iterable[str] = (),
    log_keys: Iterable[str] = (),
    witnesses: Iterable[str] = (),
    recovered: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A roster as JSON; people are {"id", "name", "roles", "passkeys": [{"id", "public_key"}]}."""
    return {
        "format": FORMAT,
        "line": line,
        "version": version,
        "expires": expires.isoformat(timespec="seconds"),
        "rp_id": rp_id,
        "origins": sorted(origins),
        "minimum_assurance": minimum_assurance,
        "quorum": dict(quorum),
        "people": sorted(people, key=lambda one: str(one["id"])),
        "seal_keys": sorted(seal_keys, key=lambda one: one["id"]),
        "revoked": sorted(revoked),
        "log_keys": sorted(log_keys),
        "witnesses": sorted(witnesses),
        "recovered": dict(recovered) if recovered else None,
    }


def _person(one: Any) -> RosterPerson:
    if not isinstance(one["id"], str) or not isinstance(one["roles"], list):
        raise ValueError("a person's id or roles are of another kind")
    passkeys = {key["id"]: from_b64url(key["public_key"], "public_key") for key in one["passkeys"]}
    if len(passkeys) != len(one["passkeys"]):
        raise ValueError("a passkey stands in it twice")
    return RosterPerson(id=one["id"], name=one["name"], roles=frozenset(one["roles"]), passkeys=passkeys)


def _texts(whole: Mapping[str, Any], field: str) -> tuple[str, ...]:
    if not all(isinstance(one, str) for one in whole.get(field, [])):
        raise ValueError(f"{field} holds what is no key")
    return tuple(whole.get(field, []))


def _recovered(said: Any) -> Recovered | None:
    if said is None:
        return None
    root = bytes.fromhex(said["root"])
    if (
        type(said["size"]) is not int
        or said["size"] < 1
        or len(root) != 32
        or type(said["reason"]) is not str
    ):
        raise ValueError("it names no checkpoint from which the log goes on")
    return Recovered(_version(said["since"]), said["size"], root, said["reason"])


def _version(value: object) -> int:
    if type(value) is not int or value < 1:
        raise ValueError("its version is no whole number from 1")
    return value


def parse(data: bytes) -> Roster:
    """Read a roster strictly; Invalid names what does not fit."""
    try:
        whole = json.loads(data)
        if not isinstance(whole, dict) or set(whole) - LATER != FIELDS or whole["format"] != FORMAT:
            raise ValueError("its fields are not those of a roster")
        expires = datetime.fromisoformat(whole["expires"])
        quorum = dict(whole["quorum"])
        if any(type(count) is not int for count in quorum.values()):
            raise ValueError("its quorum does not count people")
        for field in ("origins", "people", "seal_keys", "revoked"):
            if not isinstance(whole[field], list):
                raise ValueError(f"{field} is no list")
        if not all(isinstance(one, str) for one in (whole["line"], whole["rp_id"], *whole["origins"])):
            raise ValueError("its line, relying party or an origin is no text")
        if expires.tzinfo is None or whole["minimum_assurance"] not in ASSURANCE:
            raise ValueError("its expiry has no time zone or its assurance is unknown")
        if not quorum or min(quorum.values()) < 1:
            raise ValueError("its quorum is empty")
        people = [_person(one) for one in whole["people"]]
        if len({one.id for one in people}) != len(people):
            raise ValueError("a person stands in it twice")
        keys = [key for one in people for key in one.passkeys.values()]
        credentials = [credential for one in people for credential in one.passkeys]
        if len(set(keys)) != len(keys) or len(set(credentials)) != len(credentials):
            raise ValueError("a passkey stands in it twice")
        return Roster(
            line=whole["line"],
            version=_version(whole["version"]),
            expires=expires,
            rp_id=whole["rp_id"],
            origins=tuple(whole["origins"]),
            minimum_assurance=whole["minimum_assurance"],
            quorum=quorum,
            people={one.id: one for one in people},
            seal_keys={key["id"]: bytes.fromhex(key["public"]) for key in whole["seal_keys"]},
            revoked=frozenset(whole["revoked"]),
            log_keys=tuple(map(Key.parse, _texts(whole, "log_keys"))),
            witnesses=_texts(whole, "witnesses"),
            recovered=_recovered(whole.get("recovered")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, AssertionRefused) as error:
        raise Invalid(f"this is not a roster: {error}") from None


def check_decision(
    roster: Roster, statement: bytes, envelope: Mapping[str, Any], *, revoked: Collection[str] = ()
) -> Verified:
    """Verify one decision under the roster; Invalid or AssertionRefused says what is wrong."""
    said = parse_statement(statement)
    person = roster.people.get(said.person_id)
    if person is None:
        raise AssertionRefused(
            "stranger", f"{said.person_name} does not stand in the roster of {roster.line}"
        )
    if said.role not in person.roles:
        raise AssertionRefused("role", f"{said.person_name} is not {said.role} on {roster.line}")
    assurance = "passkey" if envelope.get("kind") == "passkey" else "code"
    if ASSURANCE.index(assurance) < ASSURANCE.index(roster.minimum_assurance):
        raise AssertionRefused("assurance", f"{roster.line} demands a passkey")
    withdrawn = roster.revoked | frozenset(revoked)
    if assurance == "passkey":
        credential = envelope.get("credential_id")
        public_key = person.passkeys.get(credential) if isinstance(credential, str) else None
        if public_key is None or credential in withdrawn:
            raise AssertionRefused("key", f"this passkey is not one of {said.person_name}'s in the roster")
        verify_passkey(statement, envelope, public_key=public_key, rp_id=roster.rp_id, origins=roster.origins)
    else:
        key_id = envelope.get("key_id")
        sealing = roster.seal_keys.get(key_id) if isinstance(key_id, str) else None
        if sealing is None or key_id in withdrawn:
            raise AssertionRefused("key", "the seal's key does not stand in the roster")
        verify_seal(statement, envelope, public_key=sealing)
    return Verified(said, person, assurance)


def quorum_met(quorum: Mapping[str, int], held: Mapping[str, Collection[str]]) -> Quorum:
    """Fill the places of ``quorum`` {role: count} with people {id: roles}, one person one place.

    Augmenting paths (Kuhn 1955); the places left empty are counted by role.
    """
    places = [role for role, count in sorted(quorum.items()) for _ in range(count)]
    taken: dict[int, str] = {}

    def place(person: str, seen: set[int]) -> bool:
        for index, role in enumerate(places):
            if role in held[person] and index not in seen:
                seen.add(index)
                if index not in taken or place(taken[index], seen):
                    taken[index] = person
                    return True
        return False

    for person in sorted(held):
        place(person, set())
    missing: dict[str, int] = {}
    for index, role in enumerate(places):
        if index not in taken:
            missing[role] = missing.get(role, 0) + 1
    return Quorum(not missing, missing)
