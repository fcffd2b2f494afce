"""Witnesses: who keeps the checkpoints of a log that they saw, and cosigns those that extend them.

- Cosignatures with Ed25519 as https://c2sp.org/tlog-cosignature says; a line of a signed note each.
- What a witness is given has the form of https://c2sp.org/tlog-witness: ``old`` and the size that it knows,
  the proof from there, an empty line, the checkpoint. Nodes fetch it: nobody calls a machine from outside.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mlops_portal.foundation.wire import checkpoint, merkle, note
from mlops_portal.foundation.wire.checkpoint import Checkpoint
from mlops_portal.foundation.wire.merkle import ProofError
from mlops_portal.foundation.wire.note import Key, NoteError, Signature, valid_name

ED25519 = b"\x04"
LONGEST_PROOF = 63


class NotExtended(ValueError):
    """A checkpoint that does not extend what the witness saw; the sentence says how."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A cosigner: its name and 32 bytes of Ed25519 public key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not valid_name(self.name) or len(self.public) != 32:
            raise NoteError("not the name and public key of a witness")

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name ‖ newline ‖ type ‖ public key)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """``name+key id+base64(type ‖ public key)``."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


def name_of(origin: str, node: str) -> str:
    """The name under which a node cosigns the log ``origin``."""
    return f"{origin}/witness/{node}"


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosign(text: str, *, name: str, private: Ed25519PrivateKey, at: datetime) -> str:
    """The line, with its newline, by which a witness says that it saw ``text`` and nothing larger."""
    time = int(at.timestamp())
    witness = Witness(name, private.public_key().public_bytes_raw())
    signed = witness.key_id + time.to_bytes(8, "big") + private.sign(_message(text, time))
    return f"\u2014 {name} {base64.b64encode(signed).decode()}\n"


def cosigned_at(text: str, signatures: Iterable[Signature], witness: Witness) -> int:
    """The time [s since 1970] at which ``witness`` cosigned ``text``; NoteError where it did not."""
    for one in signatures:
        if (one.name, one.key_id) != (witness.name, witness.key_id):
            continue
        time = int.from_bytes(one.value[:8], "big")
        try:
            Ed25519PublicKey.from_public_bytes(witness.public).verify(one.value[8:], _message(text, time))
        except (InvalidSignature, ValueError):
            raise NoteError(f"the cosignature of {witness.name} does not fit") from None
        return time
    raise NoteError(f"{witness.name} did not cosign it")


def lines_of(signed: str) -> list[str]:
    """The signature lines of a note, each with its newline."""
    return [f"{line}\n" for line in signed.rpartition("\n\n")[2].splitlines()]


# ---- what a witness is given


@dataclass(frozen=True, slots=True)
class Offer:
    """A checkpoint for a witness that knows the first ``old`` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: str


def write_offer(*, old: int, proof: Sequence[bytes], note: str) -> str:
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof)]
    return "\n".join(lines) + "\n\n" + note


def parse_offer(text: str) -> Offer:
    """NoteError where it is not what a witness is given."""
    head, gap, signed = text.partition("\n\n")
    first, *proof = head.split("\n")
    size = re.fullmatch(r"old (0|[1-9][0-9]{0,18})", first, re.ASCII)
    if not gap or size is None or len(proof) > LONGEST_PROOF:
        raise NoteError("this is not an old size, a proof and a checkpoint")
    try:
        steps = tuple(base64.b64decode(one, validate=True) for one in proof)
    except (binascii.Error, ValueError):
        raise NoteError("a step of the proof is not base64") from None
    return Offer(int(size[1]), steps, signed)


def opened(signed: str, keys: Iterable[Key]) -> Checkpoint:
    """The checkpoint of a note that one of the log's keys signed; NoteError."""
    text, signers = note.verify(signed, keys)
    claimed = checkpoint.parse(text)
    if claimed.origin != signers[0].name:
        raise NoteError("the checkpoint is of another log than its key")
    return claimed


def check_extends(known: Checkpoint | None, offered: Checkpoint, proof: Sequence[bytes]) -> None:
    """NotExtended unless the log of ``offered`` begins with all that of ``known``."""
    if known is None or known.size == 0:
        return
    if offered.origin != known.origin:
        raise NotExtended(f"it is of the log {offered.origin}, not of {known.origin}")
    if offered.size < known.size:
        raise NotExtended(f"the log has {offered.size} events, it had {known.size} before")
    if offered.size == known.size:
        if offered.root != known.root:
            raise NotExtended(f"the log has {known.size} events as before, but other ones")
        return
    try:
        merkle.verify_consistency(
            first=known.size,
            second=offered.size,
            first_root=known.root,
            second_root=offered.root,
            proof=proof,
        )
    except ProofError:
        raise NotExtended(f"the first {known.size} events are no longer those from before") from None
