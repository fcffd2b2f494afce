"""The passkeys that people added at sign-in, as signatures are verified with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.wire.assertion import b64url

KTY, CRV, X, Y = 1, -1, -2, -3  # labels of COSE keys (RFC 9053, section 7)
OKP, EC2, RSA = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Passkey:
    """``id`` is the credential id (base64url), ``public_key`` DER SubjectPublicKeyInfo."""

    id: str
    public_key: bytes
    name: str


def spki(cose: Mapping[int, object]) -> bytes:
    """DER SubjectPublicKeyInfo of a COSE key: ES256, EdDSA or RS256. ValueError for any other."""
    key: ec.EllipticCurvePublicKey | Ed25519PublicKey | rsa.RSAPublicKey
    kind = cose.get(KTY)
    if kind == EC2 and cose.get(CRV) == 1:
        key = ec.EllipticCurvePublicNumbers(_number(cose[X]), _number(cose[Y]), ec.SECP256R1()).public_key()
    elif kind == OKP and cose.get(CRV) == 6:
        key = Ed25519PublicKey.from_public_bytes(_bytes(cose[X]))
    elif kind == RSA:
        key = rsa.RSAPublicNumbers(e=_number(cose[X]), n=_number(cose[CRV])).public_key()
    else:
        raise ValueError("the key is of a kind that is not accepted")
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("the key is damaged")
    return value


def _number(value: object) -> int:
    return int.from_bytes(_bytes(value), "big")


def passkeys_of(person: Person) -> list[Passkey]:
    """All passkeys of a person with which a decision can be signed, oldest first."""
    passkeys = []
    for row in Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        kept = row.wrap()
        credential = kept.authenticator_data.credential_data
        if credential is None:
            continue
        try:
            public_key = spki(dict(credential.public_key))
        except ValueError:
            continue  # it signs in, but no node could check what it signs
        passkeys.append(Passkey(b64url(credential.credential_id), public_key, kept.name))
    return passkeys
