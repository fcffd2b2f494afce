"""A small fixed world for the wire's tests: people with real keys, a roster, a statement, a release."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlops_portal.foundation.wire import assertion, release, roster, statement

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RP_ID, ORIGIN = "localhost", "http://localhost:8000"
ARTIFACT, GOLDEN, EVIDENCE, SPEC = (sha256(name).hexdigest() for name in (b"a", b"g", b"e", b"s"))
SEAL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def spki(key: Any) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass
class Signer:
    """Somebody with a passkey, in software."""

    id: str
    name: str
    roles: tuple[str, ...]
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def credential(self) -> str:
        return assertion.b64url(f"credential of {self.id}".encode())

    def entry(self) -> dict[str, Any]:
        passkey = {"id": self.credential, "public_key": assertion.b64url(spki(self.key)), "alg": -7}
        return {"id": self.id, "name": self.name, "roles": list(self.roles), "passkeys": [passkey]}

    def sign(self, payload: bytes, *, flags: int = 0x05, **client: Any) -> dict[str, str]:
        """An assertion over ``payload``; ``client`` overrides fields of the client data (None drops one)."""
        data = {
            "type": "webauthn.get",
            "challenge": assertion.b64url(statement.challenge(payload)),
            "origin": ORIGIN,
            "crossOrigin": False,
        } | client
        raw = json.dumps({name: value for name, value in data.items() if value is not None}).encode()
        authenticator = sha256(RP_ID.encode()).digest() + bytes([flags]) + bytes(4)
        signed = self.key.sign(authenticator + sha256(raw).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "kind": "passkey",
            "credential_id": self.credential,
            "authenticator_data": assertion.b64url(authenticator),
            "client_data": assertion.b64url(raw),
            "signature": assertion.b64url(signed),
        }


QUALITY = Signer("11", "Quinn Quality", ("quality_engineer",))
EXPERT = Signer("12", "Dana Domain", ("domain_expert",))
BOTH = Signer("13", "Bo Both", ("quality_engineer", "domain_expert"))
STRANGER = Signer("99", "Sam Stranger", ("quality_engineer",))


def make_statement(by: Signer = QUALITY, **changes: Any) -> bytes:
    said: dict[str, Any] = {
        "model": "press/2",
        "artifact": ARTIFACT,
        "verdict": "approve",
        "meaning": "press/2 may judge parts on press-3",
        "person_id": by.id,
        "person_name": by.name,
        "role": by.roles[0],
        "comment": "",
        "line": "line-2",
        "targets": {"press-3": 2},
        "predecessors": {"press-3": ""},
        "fallback": "",
        "spec": SPEC,
        "golden": GOLDEN,
        "evidence": EVIDENCE,
        "policy": "line-2/1",
        "request": "1",
        "nonce": f"nonce of {by.id}",
        "time": NOW - timedelta(minutes=5),
        "not_after": NOW + timedelta(days=7),
    }
    return statement.canonical(statement.build(**(said | changes)))


def make_roster(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "line": "line-2",
        "version": 1,
        "expires": NOW + timedelta(days=30),
        "rp_id": RP_ID,
        "origins": [ORIGIN],
        "minimum_assurance": "passkey",
        "quorum": {"quality_engineer": 1},
        "people": [QUALITY.entry(), EXPERT.entry(), BOTH.entry()],
        "seal_keys": [{"id": "approval", "public": SEAL.public_key().public_bytes_raw().hex()}],
    }
    return roster.build(**(said | changes))


def parsed_roster(**changes: Any) -> roster.Roster:
    return roster.parse(json.dumps(make_roster(**changes)).encode())


def signed(by: Signer = QUALITY, **changes: Any) -> release.Signed:
    payload = make_statement(by, **changes)
    return release.Signed(payload, by.sign(payload))


def sealed(by: Signer = QUALITY, **changes: Any) -> release.Signed:
    payload = make_statement(by, **changes)
    return release.Signed(payload, assertion.seal(payload, SEAL, key_id="approval"))


def make_descriptor(*carried: release.Signed, **changes: Any) -> bytes:
    said: dict[str, Any] = {
        "line": "line-2",
        "asset": "press-3",
        "number": 2,
        "artifact": ARTIFACT,
        "artifact_size": 1000,
        "spec": SPEC,
        "golden": GOLDEN,
        "fallback": "",
        "statements": [one.digest for one in carried],
    }
    return release.build(**(said | changes))
