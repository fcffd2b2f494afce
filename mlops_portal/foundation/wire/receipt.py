"""Receipts: what travels between a node and the portal counts when the portal's own answer names it.

- A status says nothing: guest networks, sign-in pages and proxies answer 200 too.
- A receipt names kind, node, id and the SHA-256 of the request's body; one field off, and it is nobody's.
- A refusal is problem+json of ours that names the same four; a proxy's 400, 403 or 413 is none.
- What carries no body of its own (a question) has a nonce as its id, so that no cache can answer it.
- An answer that names these four is the portal's: fields that the node does not know are left, and one of
  another major version says which side to update (``wire.formats``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from mlops_portal.foundation.wire import formats
from mlops_portal.foundation.wire.errors import Invalid

FORMAT = "mlops-portal/receipt@1"
REFUSAL = "mlops-portal/refusal@1"
PROBLEM = "urn:mlops-portal:problem:"
RECEIPT_TYPE, PROBLEM_TYPE = "application/json", "application/problem+json"
LARGEST = 1 << 18
TOO_LARGE = 413
NOT_FINAL = (401, 408, 425, 429)

SAYS: Mapping[str, tuple[str, ...]] = {
    "telemetry": (),
    "reports": (),
    "picture": (),
    "wanted": ("rows",),
    "void": ("taken",),
    "parked": ("orders",),
    "enrolment": (),
    "checkpoint": ("offer",),
    "cosignature": (),
    "dispute": (),
}
"""What a receipt of each kind says beside the four names."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing on its way: ``id`` is a batch's number, a picture's name, a nonce; ``digest`` hex SHA-256."""

    kind: str
    node: str
    id: str
    digest: str

    @classmethod
    def of(cls, kind: str, node: str, key: str, body: bytes) -> Delivery:
        return cls(kind, node, key, sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class Receipt:
    """The portal has it; ``said`` holds what ``SAYS`` names."""

    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The portal has seen it and does not take it: ``code`` names the rule, ``sentence`` says it."""

    status: int
    code: str
    sentence: str


def write(delivery: Delivery, **said: object) -> dict[str, Any]:
    """The body of a receipt; ValueError where it says other things than its kind does."""
    if set(said) != set(SAYS[delivery.kind]):
        raise ValueError(f"a receipt of {delivery.kind} says {SAYS[delivery.kind]}, not {tuple(said)}")
    return {"format": FORMAT, **asdict(delivery), **said}


def refusal(delivery: Delivery) -> dict[str, str]:
    """What a problem document holds beside RFC 9457's members, so that it is this delivery's refusal."""
    return {"format": REFUSAL, **asdict(delivery)}


def read(delivery: Delivery, *, status: int, media_type: str, body: bytes) -> Receipt | Refusal | None:
    """What the answer says of ``delivery``; None where it is not the portal's answer to it. OtherVersion."""
    if len(body) > LARGEST:
        return None
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    kind = media_type.partition(";")[0].strip().lower()
    if not isinstance(answer, dict) or any(answer.get(k) != v for k, v in asdict(delivery).items()):
        return None
    if 200 <= status < 300 and kind == RECEIPT_TYPE:
        return _receipt(delivery, answer)
    if 400 <= status < 500 and status not in NOT_FINAL and kind == PROBLEM_TYPE:
        return _refusal(status, answer)
    return None


def _is(answer: Mapping[str, Any], format_: str) -> bool:
    """Whether the answer is of that format; OtherVersion."""
    try:
        what, said = "The portal's answer", answer.get("format")
        formats.check(format_, said, what=what, writer=formats.PORTAL, reader=formats.AGENT)
    except formats.OtherVersion:
        raise
    except Invalid:
        return False
    return True


def _receipt(delivery: Delivery, answer: dict[str, Any]) -> Receipt | None:
    if not _is(answer, FORMAT) or any(name not in answer for name in SAYS[delivery.kind]):
        return None
    return Receipt({name: answer[name] for name in SAYS[delivery.kind]})


def _refusal(status: int, answer: dict[str, Any]) -> Refusal | None:
    kind, sentence = answer.get("type"), answer.get("detail")
    if not _is(answer, REFUSAL) or answer.get("status") != status:
        return None
    if not isinstance(kind, str) or not kind.startswith(PROBLEM) or not isinstance(sentence, str):
        return None
    return Refusal(status, kind.removeprefix(PROBLEM), sentence)
