"""When a node may run an artifact: the rules that node, portal and auditor share.

A release descriptor is accepted only if all of these hold:
- it is for this line and this asset, and its number is higher than any seen, or it is the very one seen;
- the roster is this line's; at first acceptance it has not expired;
- every statement it names is present, byte for byte, and approves; a return or a reject is no approval;
- every statement is about this artifact, gives this asset this number, and names the descriptor's spec,
  golden set and fallback; all of them answer the same request on the same evidence under the same policy;
- at first acceptance no statement's ``notAfter`` has passed (running and restarting are not bounded);
- every signature holds under the roster, and distinct people fill the quorum.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from mlops_portal.foundation.wire import jcs
from mlops_portal.foundation.wire.assertion import AssertionRefused
from mlops_portal.foundation.wire.errors import Invalid, PortalError
from mlops_portal.foundation.wire.roster import Roster, Verified, check_decision, quorum_met
from mlops_portal.foundation.wire.statement import is_digest

FORMAT = "mlops-portal/release@1"
FIELDS: dict[str, type] = {
    "format": str,
    "line": str,
    "asset": str,
    "number": int,
    "artifact": str,
    "artifact_size": int,
    "spec": str,
    "golden": str,
    "fallback": str,
    "statements": list,
}


class Refused(PortalError):
    """The release is refused; ``reason`` names the rule."""

    code = "release-refused"
    status = 422

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence, reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A release for one asset: which artifact, described by which spec, checked on which golden set."""

    line: str
    asset: str
    number: int
    artifact: str
    artifact_size: int
    spec: str
    golden: str
    fallback: str
    statements: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement's bytes and the envelope that proves it."""

    statement: bytes
    envelope: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return sha256(self.statement).hexdigest()


@dataclass(frozen=True, slots=True)
class Seen:
    """The highest release number that a node has accepted for an asset, and what it was."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted release and the decisions that carry it."""

    descriptor: Descriptor
    decisions: tuple[Verified, ...]


def build(
    *,
    line: str,
    asset: str,
    number: int,
    artifact: str,
    artifact_size: int,
    spec: str,
    golden: str,
    fallback: str,
    statements: Sequence[str],
) -> bytes:
    """A descriptor's RFC 8785 bytes."""
    return jcs.canonical(
        {
            "format": FORMAT,
            "line": line,
            "asset": asset,
            "number": number,
            "artifact": artifact,
            "artifact_size": artifact_size,
            "spec": spec,
            "golden": golden,
            "fallback": fallback,
            "statements": sorted(statements),
        }
    )


def parse(data: bytes) -> Descriptor:
    """Read a descriptor strictly; Invalid names what does not fit."""
    try:
        whole: Any = jcs.parse(data)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"this is not a release: {error}") from None
    if not isinstance(whole, dict) or set(whole) != set(FIELDS) or whole["format"] != FORMAT:
        raise Invalid("this is not a release: its fields are others")
    for field, kind in FIELDS.items():
        if type(whole[field]) is not kind:
            raise Invalid(f"this is not a release: {field} is of another kind")
    if whole["number"] < 1 or not whole["statements"]:
        raise Invalid("this is not a release: it needs a number from 1 and at least one statement")
    digests = [whole["artifact"], whole["spec"], whole["golden"], *whole["statements"]]
    if not all(is_digest(one) for one in digests) or not (
        whole["fallback"] == "" or is_digest(whole["fallback"])
    ):
        raise Invalid("this is not a release: a digest is not 64 hex digits")
    if len(set(whole["statements"])) != len(whole["statements"]):
        raise Invalid("this is not a release: it names a statement twice")
    values = {field: whole[field] for field in FIELDS if field not in ("format", "statements")}
    return Descriptor(**values, statements=tuple(whole["statements"]), digest=sha256(data).hexdigest())


def signed_file(statement: bytes, envelope: Mapping[str, Any]) -> bytes:
    """The file that carries a statement and its envelope to nodes and auditors."""
    return jcs.canonical({"statement": base64.b64encode(statement).decode(), "envelope": dict(envelope)})


def parse_signed(data: bytes) -> Signed:
    """Read such a file; Invalid where it is something else."""
    try:
        whole = json.loads(data)
        if set(whole) != {"statement", "envelope"} or not isinstance(whole["envelope"], dict):
            raise ValueError("its fields are others")
        return Signed(base64.b64decode(whole["statement"], validate=True), whole["envelope"])
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise Invalid(f"this is not a signed statement: {error}") from None


def accept(
    descriptor: Descriptor,
    signed: Sequence[Signed],
    roster: Roster,
    *,
    line: str,
    asset: str,
    seen: Seen | None,
    now: datetime,
    revoked: Collection[str] = (),
) -> Accepted:
    """Apply the rules of this module; returns the decisions, or raises Refused with the rule's name."""
    if (descriptor.line, descriptor.asset) != (line, asset):
        raise Refused(
            "wrong-target",
            f"The release is for {descriptor.asset} on {descriptor.line}, not for {asset} on {line}.",
        )
    first = seen is None or descriptor.number > seen.number
    if seen is not None and descriptor.number < seen.number:
        raise Refused(
            "old-number",
            f"Release {descriptor.number} is older than {seen.number}, which was accepted before.",
        )
    if seen is not None and not first and descriptor.digest != seen.digest:
        raise Refused(
            "changed-content", f"Release {descriptor.number} was accepted before with other content."
        )
    if roster.line != line:
        raise Refused("roster", f"The roster is that of {roster.line}, not of {line}.")
    if first and roster.expires <= now:
        raise Refused(
            "roster-expired", f"The roster expired at {roster.expires.isoformat()}; a ceremony must renew it."
        )
    by_digest = {one.digest: one for one in signed}
    missing = [digest for digest in descriptor.statements if digest not in by_digest]
    if missing:
        raise Refused("statement-missing", f"Statement {missing[0][:12]} is not there or was altered.")
    decisions = [
        _decision(descriptor, by_digest[digest], roster, revoked) for digest in descriptor.statements
    ]
    for one in decisions:
        if first and one.statement.not_after <= now:
            raise Refused(
                "expired",
                f"The approval was valid until {one.statement.not_after.isoformat()}; ask for a new one.",
            )
    grounds = {(one.statement.request, one.statement.evidence, one.statement.policy) for one in decisions}
    if len(grounds) != 1:
        raise Refused(
            "mixed-grounds", "The statements answer different requests or rest on different evidence."
        )
    quorum = quorum_met(roster.quorum, {one.person.id: one.person.roles for one in decisions})
    if not quorum.met:
        lacking = ", ".join(f"{count} × {role}" for role, count in quorum.missing.items())
        raise Refused("quorum", f"Approvals are missing: {lacking}.")
    return Accepted(descriptor, tuple(decisions))


def _decision(descriptor: Descriptor, signed: Signed, roster: Roster, revoked: Collection[str]) -> Verified:
    try:
        decision = check_decision(roster, signed.statement, signed.envelope, revoked=revoked)
    except AssertionRefused as error:
        raise Refused(error.reason, error.sentence) from None
    except Invalid as error:
        raise Refused("malformed", error.sentence) from None
    said = decision.statement
    if said.verdict != "approve":
        raise Refused("not-an-approval", f"{said.person_name} did not approve but said {said.verdict}.")
    if said.line != descriptor.line or said.targets.get(descriptor.asset) != descriptor.number:
        raise Refused(
            "wrong-target",
            f"{said.person_name} did not approve release {descriptor.number} for {descriptor.asset}.",
        )
    if said.artifact != descriptor.artifact:
        raise Refused("artifact-mismatch", f"{said.person_name} approved another artifact.")
    if said.spec != descriptor.spec:
        raise Refused("spec-mismatch", f"{said.person_name} approved another reading of the artifact.")
    if said.golden != descriptor.golden:
        raise Refused("golden-mismatch", f"{said.person_name} approved on another golden set.")
    if said.fallback != descriptor.fallback:
        raise Refused("fallback-mismatch", f"{said.person_name} approved another fallback.")
    return decision
