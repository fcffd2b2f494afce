"""What proves that a person signed a statement: a passkey's assertion, or the portal's seal.

Rules for a passkey (WebAuthn Level 3, section 7.2), all checked here because libraries accept some of these:
- the challenge is that of these very statement bytes, the type is ``webauthn.get``;
- the origin is one of the roster's, letter for letter; not cross-origin, no top origin;
- the relying party's hash fits; the user was present and verified;
- the signature is the credential's (ES256, EdDSA or RS256).
The seal is the portal's Ed25519 signature after password and one-time code: weaker, since whoever holds the
portal's key can make it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mlops_portal.foundation.wire.errors import PortalError
from mlops_portal.foundation.wire.statement import challenge, pae

USER_PRESENT, USER_VERIFIED = 0x01, 0x04
PASSKEY_FIELDS = {"kind", "credential_id", "authenticator_data", "client_data", "signature"}
SEAL_FIELDS = {"kind", "key_id", "signature"}


class AssertionRefused(PortalError):
    """The signature does not prove that this person signed these bytes; ``reason`` names the rule."""

    code = "signature-refused"
    status = 422

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(f"The signature is refused: {sentence}.", reason=reason)
        self.reason = reason


def b64url(data: bytes) -> str:
    """Base64url without padding, as WebAuthn writes it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64url(text: object, field: str) -> bytes:
    """The bytes of unpadded base64url; AssertionRefused where it is something else."""
    if not isinstance(text, str):
        raise AssertionRefused("malformed", f"{field} is missing")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise AssertionRefused("malformed", f"{field} is not base64url") from None
    if b64url(data) != text:
        raise AssertionRefused("malformed", f"{field} is not base64url")
    return data


def _client_data(raw: bytes) -> dict[str, Any]:
    try:
        client = json.loads(raw)
    except (ValueError, RecursionError):
        raise AssertionRefused("malformed", "the client data is not JSON") from None
    if not isinstance(client, dict):
        raise AssertionRefused("malformed", "the client data is not an object")
    return client


def verify_passkey(
    statement: bytes,
    envelope: Mapping[str, Any],
    *,
    public_key: bytes,
    rp_id: str,
    origins: Collection[str],
) -> None:
    """Raise AssertionRefused unless ``public_key`` (DER SubjectPublicKeyInfo) signed ``statement``."""
    if envelope.get("kind") != "passkey" or set(envelope) != PASSKEY_FIELDS:
        raise AssertionRefused("malformed", "the envelope is not that of a passkey")
    authenticator = from_b64url(envelope["authenticator_data"], "authenticator_data")
    raw_client = from_b64url(envelope["client_data"], "client_data")
    signature = from_b64url(envelope["signature"], "signature")
    client = _client_data(raw_client)
    if client.get("type") != "webauthn.get":
        raise AssertionRefused("type", "it was not made for signing in or signing")
    if client.get("challenge") != b64url(challenge(statement)):
        raise AssertionRefused("challenge", "it was made for another statement")
    if not isinstance(client.get("origin"), str) or client["origin"] not in origins:
        raise AssertionRefused("origin", f"it was made at {client.get('origin')!r}, not at this portal")
    if client.get("crossOrigin", False) is not False or "topOrigin" in client:
        raise AssertionRefused("cross-origin", "it was made inside another site's page")
    if len(authenticator) < 37 or authenticator[:32] != sha256(rp_id.encode()).digest():
        raise AssertionRefused("relying-party", f"it was not made for {rp_id}")
    flags = authenticator[32]
    if not flags & USER_PRESENT:
        raise AssertionRefused("presence", "nobody touched the key")
    if not flags & USER_VERIFIED:
        raise AssertionRefused("verification", "the key did not check who used it")
    _verify(public_key, signature, authenticator + sha256(raw_client).digest())


def _verify(public_key: bytes, signature: bytes, data: bytes) -> None:
    try:
        key = load_der_public_key(public_key)
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, Ed25519PublicKey):
            key.verify(signature, data)
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise AssertionRefused("algorithm", "the key is of a kind that is not accepted")
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise AssertionRefused("signature", "it is not this key's") from None


def seal(statement: bytes, key: Ed25519PrivateKey, *, key_id: str) -> dict[str, str]:
    """The portal's seal on a statement."""
    return {"kind": "seal", "key_id": key_id, "signature": key.sign(pae(statement)).hex()}


def verify_seal(statement: bytes, envelope: Mapping[str, Any], *, public_key: bytes) -> None:
    """Raise AssertionRefused unless the approval key (32 bytes, Ed25519) sealed ``statement``."""
    if envelope.get("kind") != "seal" or set(envelope) != SEAL_FIELDS:
        raise AssertionRefused("malformed", "the envelope is not a seal")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(envelope["signature"]), pae(statement)
        )
    except (InvalidSignature, ValueError, TypeError):
        raise AssertionRefused("signature", "it is not the portal's seal") from None
