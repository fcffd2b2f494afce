"""Signed notes (https://c2sp.org/signed-note) with Ed25519.

- A note is text that ends in a newline, an empty line, and lines ``— name base64(key id ‖ signature)``.
- Valid UTF-8 without control characters other than newline; at most 64 signatures, at most 1 MiB.
- Signatures of unknown keys are ignored; a note is refused if one of a known key fails, or there is none.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MAX_BYTES, MAX_SIGNATURES = 1 << 20, 64


class NoteError(ValueError):
    """The note is malformed, or no trusted key signed it."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A key that verifies notes: its name and 32 bytes of Ed25519 public key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not valid_name(self.name) or len(self.public) != 32:
            raise NoteError("not the name and public key of a note's signer")

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name ‖ newline ‖ type ‖ public key)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """``name+key id+base64(type ‖ public key)``, as verifiers exchange keys."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read what ``str`` wrote; NoteError where name, id and key do not belong together."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = cls(name, _decoded(encoded)[1:])
        if str(key) != f"{name}+{key_id}+{encoded}":
            raise NoteError("the key's id or type does not fit")
        return key

    def verify(self, text: str, signature: bytes) -> None:
        """NoteError where ``signature`` is not this key's over ``text``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            raise NoteError(f"the signature of {self.name} does not fit the text") from None


def valid_name(name: str) -> bool:
    """A key's name: not empty, no space, no plus, no control character."""
    return bool(name) and not any(sign.isspace() or sign == "+" or sign < " " for sign in name)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("not base64") from None


def public_key(name: str, private: Ed25519PrivateKey) -> Key:
    """The key that verifies what ``private`` signs under ``name``."""
    return Key(name, private.public_key().public_bytes_raw())


def sign(text: str, *, name: str, private: Ed25519PrivateKey) -> str:
    """The note: ``text`` and one signature."""
    _check_text(text)
    signed = public_key(name, private).key_id + private.sign(text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(signed).decode()}\n"


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteError("the text does not end in a newline")
    if any(sign < " " and sign != "\n" for sign in text):
        raise NoteError("the note holds a control character")
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise NoteError("the note is not UTF-8") from None
    if len(encoded) > MAX_BYTES:
        raise NoteError("the note is too long")


def split(note: str | bytes) -> tuple[str, list[Signature]]:
    """Text and signatures of a note, none verified; NoteError where it is malformed."""
    if isinstance(note, bytes):
        try:
            note = note.decode()
        except UnicodeDecodeError:
            raise NoteError("the note is not UTF-8") from None
    _check_text(note)
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines:
        raise NoteError("the note has no signatures")
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MAX_SIGNATURES:
        raise NoteError("the note has too many signatures")
    return text + "\n", signatures


def _signature(line: str) -> Signature:
    mark, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    value = _decoded(encoded)
    if mark != "\u2014" or not valid_name(name) or len(value) < 5:
        raise NoteError("a signature line is malformed")
    return Signature(name, value[:4], value[4:])


def verify(note: str | bytes, keys: Iterable[Key]) -> tuple[str, list[Key]]:
    """The text and the known keys that signed it; NoteError where none did or one of them fails."""
    text, signatures = split(note)
    known = {(key.name, key.key_id): key for key in keys}
    signers: list[Key] = []
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            key.verify(text, signature.value)
            if key not in signers:
                signers.append(key)
    if not signers:
        raise NoteError("no known key signed the note")
    return text, signers
