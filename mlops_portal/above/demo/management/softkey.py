"""A passkey made of software, so that the demo can show an approved release before anybody has a real one.

Its private half lies in a file of the demo. A real plant has no such thing: its passkeys are with its people.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from fido2 import cbor

from edge_sync.agent.disk import files
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.wire.assertion import b64url
from mlops_portal.foundation.wire.statement import challenge

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """An ES256 credential in ``path``, made where there is none."""

    def __init__(self, path: Path, *, rp_id: str, origin: str) -> None:
        self.rp_id, self.origin = rp_id, origin
        if not path.exists():
            made = ec.generate_private_key(ec.SECP256R1())
            pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            files.write(path, pem, mode=0o600)
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{path} is not an EC key")
        self.private = key
        numbers = key.public_key().public_numbers()
        self.x, self.y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        self.id = sha256(self.x + self.y).digest()

    def is_of(self, person: Person) -> bool:
        """Whether it is one of the person's passkeys."""
        held = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN)
        return any(one.data.get("credential", {}).get("id") == b64url(self.id) for one in held)

    def add_to(self, person: Person, *, name: str) -> Authenticator:
        """Register it as a passkey of ``person``, in the form in which a browser would."""
        cose = {1: 2, 3: -7, -1: 1, -2: self.x, -3: self.y}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor.encode(cose)
        data = (
            sha256(self.rp_id.encode()).digest()
            + bytes([PRESENT | VERIFIED | ATTESTED])
            + bytes(4)
            + attested
        )
        client = self._client("webauthn.create", b64url(bytes(32)))
        credential: dict[str, Any] = {
            "id": b64url(self.id),
            "rawId": b64url(self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": b64url(client),
                "attestationObject": b64url(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
            },
            "clientExtensionResults": {"credProps": {"rk": True}},
        }
        added: Authenticator = WebAuthn.add(person, name, credential).instance
        return added

    def envelope(self, statement: bytes) -> dict[str, str]:
        """The assertion over a statement, as ``wire.assertion`` takes it."""
        client = self._client("webauthn.get", b64url(challenge(statement)))
        data = sha256(self.rp_id.encode()).digest() + bytes([PRESENT | VERIFIED]) + bytes(4)
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "kind": "passkey",
            "credential_id": b64url(self.id),
            "authenticator_data": b64url(data),
            "client_data": b64url(client),
            "signature": b64url(signature),
        }

    def _client(self, kind: str, challenge_text: str) -> bytes:
        page = {"type": kind, "challenge": challenge_text, "origin": self.origin, "crossOrigin": False}
        return json.dumps(page).encode()
