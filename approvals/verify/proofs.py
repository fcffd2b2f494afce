"""The tools of the export's verifier: canonical JSON, the tree, signed notes, signatures of people.

Written apart from ``mlops_portal.foundation.wire`` on purpose: two readers must agree. Runs on Python 3.9.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key


class Fault(Exception):
    """Something does not fit; the text is a sentence."""


class Unfit(Exception):
    """A node would not count this decision; ``site``: its key is known, but how it was used is not right."""

    def __init__(self, words: str, site: bool = False) -> None:
        super().__init__(words)
        self.site = site


# ---- canonical JSON (RFC 8785)


def number(value: float) -> str:
    """A float as ECMAScript writes it."""
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    point = len(whole) + int(exponent or 0) - (len(whole + part) - len((whole + part).lstrip("0")))
    digits = (whole + part).strip("0")
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        tail = "." + digits[1:] if len(digits) > 1 else ""
        text = f"{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return "-" + text if value < 0 else text


def canonical(value: Any) -> str:
    """RFC 8785 text of a value."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def parse(data: bytes) -> Any:
    """The value of canonical JSON bytes; ValueError for bytes in another form."""
    floats: list[str] = []

    def real(text: str) -> float:
        floats.append(text)
        value = float(text)
        if value - value != 0:
            raise ValueError("a number is not finite")
        return value

    def whole(text: str) -> float:
        return int(text) if len(text) < 16 or abs(int(text)) < 2**53 else real(text)

    value = json.loads(data.decode(), parse_float=real, parse_int=whole, parse_constant=real)
    if not floats and data.isascii():
        same = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    else:
        same = canonical(value)
    if same.encode() != data:
        raise ValueError("it is not in canonical form")
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For JSON that is not canonical: an object in which a key stands twice says two things."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return members


def un64(text: str) -> bytes:
    """The bytes of base64, written in the one way that it has."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Fault("something is not base64.")
    return data


# ---- the tree (RFC 9162) and signed notes


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def push(edge: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Add a leaf hash to the right edge, a list of (leaves, root) of perfect subtrees."""
    leaves = 1
    while edge and edge[-1][0] == leaves:
        leaf = node(edge.pop()[1], leaf)
        leaves *= 2
    edge.append((leaves, leaf))


def root(edge: list[tuple[int, bytes]]) -> bytes:
    if not edge:
        return sha256(b"").digest()
    hashed = edge[-1][1]
    for _leaves, left in reversed(edge[:-1]):
        hashed = node(left, hashed)
    return hashed


def split(size: int) -> int:
    """Leaves of the left subtree: the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root to which a proof leads a leaf (section 2.1.3.1, read backwards)."""
    if any(len(one) != 32 for one in (leaf, *proof)):
        raise Fault("A hash is not 32 bytes long.")
    if not 0 <= index < size or (size == 1) != (not proof):
        raise Fault("an inclusion proof is too short, too long, or for a leaf that is not there.")
    if size == 1:
        return leaf
    left = split(size)
    if index < left:
        return node(root_by_inclusion(leaf, index, left, proof[:-1]), proof[-1])
    return node(proof[-1], root_by_inclusion(leaf, index - left, size - left, proof[:-1]))


def roots_by_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, outer: bool = True
) -> tuple[bytes, bytes]:
    """The old and the new root to which a proof leads (section 2.1.4.1, read backwards)."""
    if not 0 < old <= new or (old < new or not outer) != bool(proof) or (old == new and len(proof) > 1):
        raise Fault("a consistency proof is too short or too long.")
    if old == new:
        return (old_root, old_root) if outer else (proof[0], proof[0])
    left = split(new)
    if old <= left:
        first, second = roots_by_consistency(old, left, proof[:-1], old_root, outer)
        return first, node(second, proof[-1])
    first, second = roots_by_consistency(old - left, new - left, proof[:-1], old_root, False)
    return node(proof[-1], first), node(proof[-1], second)


def signed_text(note: str, keys: Iterable[str]) -> tuple[str, str]:
    """The text of a note and the key (name+id+base64) that signed it."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise Fault("a note has no signature.")
    for line in lines[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signature = un64(encoded)
        for key in keys:
            key_name, key_id, public = key.split("+", 2)
            raw = un64(public)
            if sha256(key_name.encode() + b"\n" + raw).digest()[:4].hex() != key_id or raw[:1] != b"\x01":
                raise Fault("a public key of the log does not fit its id.")
            if (dash, name, signature[:4].hex()) == ("\u2014", key_name, key_id):
                public_key = ed25519.Ed25519PublicKey.from_public_bytes(raw[1:])
                check_signature(public_key, signature[4:], (text + "\n").encode())
                return text + "\n", key
    raise Fault("no known key signed a note.")


def cosigners(note: str, witnesses: Iterable[str]) -> list[str]:
    """Those of ``witnesses`` (name+id+base64) that cosigned a checkpoint (https://c2sp.org/tlog-cosignature).

    A line that names one of them must be its own; one key under two names is one witness.
    """
    text, _gap, lines = note.rpartition("\n\n")
    cosigned = {}
    for line in lines[:-1].split("\n"):
        _dash, name, encoded = line.split(" ")
        signed = un64(encoded)
        for key in witnesses:
            key_name, key_id, public = key.split("+", 2)
            raw = un64(public)
            if sha256(key_name.encode() + b"\n" + raw).digest()[:4].hex() != key_id or raw[:1] != b"\x04":
                raise Fault("a public key of a witness does not fit its id.")
            if (name, signed[:4].hex()) == (key_name, key_id):
                time = int.from_bytes(signed[4:12], "big")
                message = f"cosignature/v1\ntime {time}\n{text}\n".encode()
                check_signature(ed25519.Ed25519PublicKey.from_public_bytes(raw[1:]), signed[12:], message)
                cosigned[raw] = key
    return list(cosigned.values())


def checkpoint_of(note: str, keys: Iterable[str]) -> tuple[int, bytes, str]:
    """Size, root and key of a signed checkpoint."""
    text, key = signed_text(note, keys)
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != key.split("+")[0] or str(int(lines[1])) != lines[1]:
        raise Fault("a checkpoint is malformed or of another log.")
    return int(lines[1]), un64(lines[2]), key


# ---- signatures of people


def check_signature(key: Any, signature: bytes, data: bytes) -> None:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise Fault("a key is of a kind that is not accepted.")
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise Fault("a signature is not that key's over these bytes.") from None


def unurl(text: str) -> bytes:
    """The bytes of base64url without padding, written in the one way that it has."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise Fault("something is not base64url.")
    return data


def signed_bytes(statement: bytes) -> bytes:
    """DSSE pre-authentication encoding."""
    kind = b"application/vnd.in-toto+json"
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(statement), statement)


def passkey_parts(envelope: dict[str, str]) -> tuple[bytes, Any, bytes]:
    """Client data as bytes and as read, and the authenticator's data; strictly base64url."""
    if set(envelope) != {"kind", "credential_id", "authenticator_data", "client_data", "signature"}:
        raise Fault("a passkey's envelope has other fields.")
    raw, authenticator = unurl(envelope["client_data"]), unurl(envelope["authenticator_data"])
    client = json.loads(raw, object_pairs_hook=unique)
    if len(authenticator) < 37 or not isinstance(client, dict):
        raise Fault("a passkey's signature is cut short.")
    return raw, client, authenticator


def check_own_signature(statement: bytes, envelope: dict[str, str], public: str) -> str:
    """Whether this key signed exactly these bytes (WebAuthn, section 7.2); returns the assurance."""
    if envelope["kind"] == "passkey":
        raw, client, authenticator = passkey_parts(envelope)
        wanted = base64.urlsafe_b64encode(sha256(signed_bytes(statement)).digest()).rstrip(b"=").decode()
        if client.get("type") != "webauthn.get":
            raise Fault("a passkey's signature was not made for signing.")
        if client.get("challenge") != wanted:
            raise Fault("a passkey's signature was made for another statement.")
        signed = authenticator + sha256(raw).digest()
        check_signature(load_der_public_key(unurl(public)), unurl(envelope["signature"]), signed)
        return "passkey"
    if envelope["kind"] != "seal" or set(envelope) != {"kind", "key_id", "signature"}:
        raise Fault("a statement is neither signed by a passkey nor sealed.")
    key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    check_signature(key, bytes.fromhex(envelope["signature"]), signed_bytes(statement))
    return "code"


def check_roster_signature(
    roster: dict[str, Any], statement: bytes, body: dict[str, Any], envelope: dict[str, str]
) -> None:
    """Unfit unless a node with this roster would count the statement as that person's."""
    person = next((one for one in roster["people"] if one["id"] == body["person"]["id"]), None)
    if person is None or body["role"] not in person["roles"]:
        raise Unfit("the roster does not give this person that role")
    if envelope["kind"] != "passkey":
        keys = {one["id"]: one["public"] for one in roster["seal_keys"]}
        if roster["minimum_assurance"] != "code":
            raise Unfit("the roster demands a passkey")
        if envelope["key_id"] not in keys or envelope["key_id"] in roster["revoked"]:
            raise Unfit("the seal's key does not stand in the roster")
        check_own_signature(statement, envelope, keys[envelope["key_id"]])
        return
    keys = {one["id"]: one["public_key"] for one in person["passkeys"]}
    if envelope["credential_id"] not in keys or envelope["credential_id"] in roster["revoked"]:
        raise Unfit("the roster does not give this person that passkey")
    _raw, client, authenticator = passkey_parts(envelope)
    for fits, words in (
        (client.get("origin") in roster["origins"], "was made at another site than the roster names"),
        (client.get("crossOrigin", False) is False, "was made inside another site"),
        ("topOrigin" not in client, "was made inside another site"),
        (authenticator[:32] == sha256(roster["rp_id"].encode()).digest(), "was made for another site"),
        (authenticator[32] & 5 == 5, "was made without checking who used the key"),
    ):
        if not fits:
            raise Unfit(f"a passkey's signature {words}", site=True)
    check_own_signature(statement, envelope, keys[envelope["credential_id"]])


def plain_bytes(statement: bytes, envelope: dict[str, str]) -> dict[str, bytes]:
    """The bytes over which a person's signature goes, and the signature, as openssl takes them."""
    if envelope["kind"] == "passkey":
        signed = unurl(envelope["authenticator_data"]) + sha256(unurl(envelope["client_data"])).digest()
        return {"signed": signed, "sig": unurl(envelope["signature"])}
    return {"signed": signed_bytes(statement), "sig": bytes.fromhex(envelope["signature"])}


def quorum_filled(places: dict[str, int], held: dict[str, Sequence[str]]) -> bool:
    """Whether different people {id: roles} can fill every place of {role: count}: tries every way."""
    role = next((role for role, count in sorted(places.items()) if count), None)
    if role is None:
        return True
    rest = {**places, role: places[role] - 1}
    return any(
        quorum_filled(rest, {other: roles for other, roles in held.items() if other != person})
        for person in held
        if role in held[person]
    )
