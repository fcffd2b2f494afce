"""What the tests of signing in share: codes of an authenticator app, and a passkey made of software."""

from __future__ import annotations

import hashlib
import json
import struct
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

from mlops_portal.foundation.plant.models import Person
from tests.cast import PASSWORD

ORIGIN = "http://localhost:8000"
VERIFIED, PRESENT, ATTESTED = 0x04, 0x01, 0x40


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_app(person: Person) -> str:
    """Give the person an authenticator app; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def with_recovery_codes(person: Person) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def sign_in(client: Client, person: Person, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": person.username, "password": password, **more})


def confirm(client: Client) -> None:
    """Show once more that it is you, as every change of one's sign-in demands."""
    response = client.post("/confirm/password/", {"password": PASSWORD})
    assert response.status_code == 302, response.content


def just_now(client: Client) -> Client:
    """The same browser, whose person gave the password a moment ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/me/security/").status_code == 200


class SoftKey:
    """A passkey in software (ES256, attestation "none"); ``flags`` and the page can be made to lie."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(str(id(self)).encode() + str(time.time_ns()).encode()).digest()
        self.user_handle = b""

    def _page(self, kind: str, options: dict[str, Any], lies: dict[str, Any]) -> bytes:
        challenge = options["publicKey"]["challenge"]
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **lies}
        return json.dumps(data).encode()

    def _rp_hash(self, options: dict[str, Any]) -> bytes:
        key = options["publicKey"]
        return hashlib.sha256((key.get("rpId") or key["rp"]["id"]).encode()).digest()

    def make(self, options: dict[str, Any], *, flags: int = VERIFIED, **lies: Any) -> str:
        """The answer to the options of a registration."""
        numbers = self.private.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        self.user_handle = websafe_decode(options["publicKey"]["user"]["id"])
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor.encode(cose)
        data = self._rp_hash(options) + bytes([PRESENT | ATTESTED | flags]) + bytes(4) + attested
        page = self._page("webauthn.create", options, lies)
        return self._answer(
            page,
            attestationObject=websafe_encode(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
        )

    def sign(self, options: dict[str, Any], *, flags: int = VERIFIED, **lies: Any) -> str:
        """The answer to the options of an authentication."""
        data = self._rp_hash(options) + bytes([PRESENT | flags]) + bytes(4)
        page = self._page("webauthn.get", options, lies)
        signature = self.private.sign(data + hashlib.sha256(page).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            page,
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=websafe_encode(self.user_handle),
        )

    def _answer(self, page: bytes, **response: str) -> str:
        own = websafe_encode(self.id)
        return json.dumps(
            {
                "id": own,
                "rawId": own,
                "type": "public-key",
                "response": {"clientDataJSON": websafe_encode(page), **response},
                "clientExtensionResults": {"credProps": {"rk": True}},
            }
        )


def options_on(response: Any) -> dict[str, Any]:
    """The options in a page's data block."""
    text = response.content.decode()
    start = text.index('<script id="passkey-options" type="application/json">')
    block = text[text.index(">", start) + 1 : text.index("</script>", start)]
    options: dict[str, Any] = json.loads(block)
    return options


def add_passkey(client: Client, key: SoftKey, name: str = "Phone") -> None:
    confirm(client)
    options = options_on(client.get("/me/security/passkeys/add/"))
    response = client.post("/me/security/passkeys/add/", {"name": name, "credential": key.make(options)})
    assert response.status_code == 302, response.content.decode()


def passkeys_of(person: Person) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN))
