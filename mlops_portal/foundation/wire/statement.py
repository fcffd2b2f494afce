"""The statement: the exact bytes that a person signs when deciding about a model version.

- An in-toto Statement v1; its subject is the artifact's SHA-256, its predicate the decision.
- Its bytes are RFC 8785; what is signed is their DSSE pre-authentication encoding (DSSE protocol v1.0.2).
- The WebAuthn challenge is the SHA-256 of that encoding.
- A statement with an unknown, a missing or a doubled field is refused: nobody signs what is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.errors import Invalid

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:mlops-portal:decision:v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
VERDICTS = ("approve", "return", "reject")
PREDICATE: dict[str, type] = {
    "verdict": str,
    "meaning": str,
    "person": dict,
    "role": str,
    "comment": str,
    "line": str,
    "targets": dict,
    "predecessors": dict,
    "fallback": str,
    "spec": str,
    "golden": str,
    "evidence": str,
    "policy": str,
    "request": str,
    "nonce": str,
    "time": str,
    "notAfter": str,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed statement; digests are 64 hex digits (``fallback`` and predecessors may be empty)."""

    model: str
    artifact: str
    verdict: str
    meaning: str
    person_id: str
    person_name: str
    role: str
    comment: str
    line: str
    targets: Mapping[str, int]
    predecessors: Mapping[str, str]
    fallback: str
    spec: str
    golden: str
    evidence: str
    policy: str
    request: str
    nonce: str
    time: datetime
    not_after: datetime


def build(
    *,
    model: str,
    artifact: str,
    verdict: str,
    meaning: str,
    person_id: str,
    person_name: str,
    role: str,
    comment: str,
    line: str,
    targets: Mapping[str, int],
    predecessors: Mapping[str, str],
    fallback: str,
    spec: str,
    golden: str,
    evidence: str,
    policy: str,
    request: str,
    nonce: str,
    time: datetime,
    not_after: datetime,
) -> dict[str, Any]:
    """The statement as JSON; ``model`` is "slug/number", times are aware."""
    return {
        "_type": TYPE,
        "subject": [{"name": model, "digest": {"sha256": artifact}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "verdict": verdict,
            "meaning": meaning,
            "person": {"id": person_id, "name": person_name},
            "role": role,
            "comment": comment,
            "line": line,
            "targets": dict(targets),
            "predecessors": dict(predecessors),
            "fallback": fallback,
            "spec": spec,
            "golden": golden,
            "evidence": evidence,
            "policy": policy,
            "request": request,
            "nonce": nonce,
            "time": time.isoformat(timespec="seconds"),
            "notAfter": not_after.isoformat(timespec="seconds"),
        },
    }


def canonical(statement: Mapping[str, Any]) -> bytes:
    """The RFC 8785 bytes of a statement."""
    return jcs.canonical(statement)


def pae(payload: bytes) -> bytes:
    """DSSE pre-authentication encoding of a statement's bytes."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def challenge(payload: bytes) -> bytes:
    """What a passkey signs for a statement: SHA-256 of the encoding, 32 bytes."""
    return sha256(pae(payload)).digest()


def _refuse(what: str) -> Invalid:
    return Invalid(f"this is not a decision statement: {what}")


def is_digest(value: object) -> bool:
    """Whether ``value`` is a SHA-256 as 64 lower-case hex digits."""
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")


def _moment(text: str, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _refuse(f"{field} is not a time") from None
    if moment.tzinfo is None:
        raise _refuse(f"{field} has no time zone")
    return moment


def _check_subject(subject: Any) -> str:
    """The artifact's digest."""
    if not (isinstance(subject, list) and len(subject) == 1 and isinstance(subject[0], dict)):
        raise _refuse("it must have one subject")
    one = subject[0]
    if (
        set(one) != {"name", "digest"}
        or not isinstance(one["digest"], dict)
        or set(one["digest"]) != {"sha256"}
    ):
        raise _refuse("its subject must have a name and a SHA-256")
    if not isinstance(one["name"], str) or not is_digest(one["digest"]["sha256"]):
        raise _refuse("a digest is not 64 hex digits")
    return str(one["digest"]["sha256"])


def _check_predicate(body: Any) -> None:
    if not isinstance(body, dict) or set(body) != set(PREDICATE):
        raise _refuse("its predicate has other fields")
    for field, kind in PREDICATE.items():
        if not isinstance(body[field], kind):
            raise _refuse(f"{field} is of another kind")
    if not all(is_digest(body[field]) for field in ("spec", "golden", "evidence")):
        raise _refuse("a digest is not 64 hex digits")
    if not all(one == "" or is_digest(one) for one in (body["fallback"], *body["predecessors"].values())):
        raise _refuse("a digest is not 64 hex digits")
    if body["verdict"] not in VERDICTS:
        raise _refuse("its verdict is none of approve, return, reject")
    if set(body["person"]) != {"id", "name"} or not all(isinstance(v, str) for v in body["person"].values()):
        raise _refuse("it must name one person by id and name")
    if not body["targets"] or not all(type(n) is int and n > 0 for n in body["targets"].values()):
        raise _refuse("its targets need release numbers from 1")
    if set(body["predecessors"]) != set(body["targets"]):
        raise _refuse("its predecessors are not those of its targets")


def parse(payload: bytes) -> Statement:
    """Read a statement's bytes strictly; Invalid names what does not fit."""
    try:
        whole: Any = jcs.parse(payload)
    except (ValueError, RecursionError) as error:
        raise _refuse(str(error)) from None
    if not isinstance(whole, dict) or set(whole) != {"_type", "subject", "predicateType", "predicate"}:
        raise _refuse("its fields are not those of an in-toto statement")
    if whole["_type"] != TYPE or whole["predicateType"] != PREDICATE_TYPE:
        raise _refuse("it is of another type")
    artifact, body = _check_subject(whole["subject"]), whole["predicate"]
    _check_predicate(body)
    return Statement(
        model=whole["subject"][0]["name"],
        artifact=artifact,
        verdict=body["verdict"],
        meaning=body["meaning"],
        person_id=body["person"]["id"],
        person_name=body["person"]["name"],
        role=body["role"],
        comment=body["comment"],
        line=body["line"],
        targets=body["targets"],
        predecessors=body["predecessors"],
        fallback=body["fallback"],
        spec=body["spec"],
        golden=body["golden"],
        evidence=body["evidence"],
        policy=body["policy"],
        request=body["request"],
        nonce=body["nonce"],
        time=_moment(body["time"], "time"),
        not_after=_moment(body["notAfter"], "notAfter"),
    )
