import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.wire import assertion
from mlops_portal.foundation.wire.assertion import AssertionRefused, b64url, from_b64url
from tests.wire.samples import ORIGIN, QUALITY, RP_ID, SEAL, STRANGER, make_statement, spki

PAYLOAD = make_statement()
OTHER = make_statement(nonce="another")


def verify(envelope, payload=PAYLOAD, *, key=None, rp_id=RP_ID, origins=(ORIGIN,)):
    assertion.verify_passkey(
        payload, envelope, public_key=key or spki(QUALITY.key), rp_id=rp_id, origins=origins
    )


def test_a_passkey_proves_a_statement():
    verify(QUALITY.sign(PAYLOAD))
    verify(QUALITY.sign(PAYLOAD, crossOrigin=None))  # older browsers leave it out


@pytest.mark.parametrize(
    ("reason", "client"),
    [
        ("type", {"type": "webauthn.create"}),
        ("type", {"type": None}),
        ("challenge", {"challenge": "AAAA"}),
        ("challenge", {"challenge": None}),
        ("origin", {"origin": "http://localhost:8001"}),
        ("origin", {"origin": "http://localhost:8000.example"}),
        ("origin", {"origin": "HTTP://localhost:8000"}),
        ("origin", {"origin": [ORIGIN]}),
        ("origin", {"origin": None}),
        ("cross-origin", {"crossOrigin": True}),
        ("cross-origin", {"crossOrigin": "false"}),
        ("cross-origin", {"topOrigin": ORIGIN}),
    ],
)
def test_a_signature_made_elsewhere_is_refused(reason, client):
    with pytest.raises(AssertionRefused) as refused:
        verify(QUALITY.sign(PAYLOAD, **client), origins=frozenset([ORIGIN]))
    assert refused.value.reason == reason


@pytest.mark.parametrize(("reason", "flags"), [("presence", 0x04), ("verification", 0x01), ("presence", 0)])
def test_a_signature_without_a_verified_person_is_refused(reason, flags):
    with pytest.raises(AssertionRefused) as refused:
        verify(QUALITY.sign(PAYLOAD, flags=flags))
    assert refused.value.reason == reason


def test_a_signature_for_another_statement_key_or_party_is_refused():
    envelope = QUALITY.sign(PAYLOAD)
    for reason, change in (
        ("challenge", {"payload": OTHER}),
        ("signature", {"key": spki(STRANGER.key)}),
        ("signature", {"key": b"no key"}),
        ("relying-party", {"rp_id": "portal.example"}),
        ("origin", {"origins": ()}),
    ):
        with pytest.raises(AssertionRefused) as refused:
            verify(envelope, **change)
        assert refused.value.reason == reason


SIGNED = QUALITY.sign(PAYLOAD)


@given(st.sampled_from(["authenticator_data", "client_data", "signature"]), st.data())
def test_no_changed_byte_of_an_envelope_passes(field, data):
    raw = bytearray(from_b64url(SIGNED[field], field))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AssertionRefused):
        verify(SIGNED | {field: b64url(bytes(raw))})


@pytest.mark.parametrize("field", ["kind", "authenticator_data", "client_data", "signature"])
@pytest.mark.parametrize("value", [None, 3, "", "=", "a+b/", "Ä", ["x"]])
def test_a_malformed_envelope_is_refused(field, value):
    envelope = QUALITY.sign(PAYLOAD)
    with pytest.raises(AssertionRefused):
        verify(envelope | {field: value})
    with pytest.raises(AssertionRefused):
        verify({key: one for key, one in envelope.items() if key != field})
    with pytest.raises(AssertionRefused):
        verify(envelope | {"more": "x"})


@pytest.mark.parametrize("client", [b"", b"[]", b"3", b"[" * 100_000, b"\xff"])
def test_client_data_that_is_no_object_is_refused(client):
    with pytest.raises(AssertionRefused) as refused:
        verify(QUALITY.sign(PAYLOAD) | {"client_data": b64url(client)})
    assert refused.value.reason == "malformed"


def resigned(key, sign):
    envelope = QUALITY.sign(PAYLOAD)
    data = (
        from_b64url(envelope["authenticator_data"], "")
        + sha256(from_b64url(envelope["client_data"], "")).digest()
    )
    return envelope | {"signature": b64url(sign(key, data))}


def test_the_three_algorithms_of_passkeys_are_read():
    rsa_key = rsa.generate_private_key(65537, 2048)
    by_rsa = resigned(rsa_key, lambda key, data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    verify(by_rsa, key=spki(rsa_key))
    ed = Ed25519PrivateKey.generate()
    verify(resigned(ed, lambda key, data: key.sign(data)), key=spki(ed))


@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 1024)],
    ids=["P-384", "RSA 1024"],
)
def test_other_keys_are_refused(key):
    def sign(key, data):
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return key.sign(data, ec.ECDSA(hashes.SHA256()))

    with pytest.raises(AssertionRefused) as refused:
        verify(resigned(key, sign), key=spki(key))
    assert refused.value.reason == "algorithm"


def test_the_seal_proves_a_statement_and_nothing_else():
    public = SEAL.public_key().public_bytes_raw()
    envelope = assertion.seal(PAYLOAD, SEAL, key_id="approval")
    assertion.verify_seal(PAYLOAD, envelope, public_key=public)
    for payload, wrong, key in (
        (OTHER, envelope, public),
        (PAYLOAD, envelope | {"signature": "00" * 64}, public),
        (PAYLOAD, envelope | {"signature": None}, public),
        (PAYLOAD, envelope | {"signature": "zz"}, public),
        (PAYLOAD, envelope | {"kind": "passkey"}, public),
        (PAYLOAD, envelope | {"more": 1}, public),
        (PAYLOAD, envelope, bytes(32)),
        (PAYLOAD, envelope, b""),
    ):
        with pytest.raises(AssertionRefused):
            assertion.verify_seal(payload, wrong, public_key=key)


def test_the_challenge_is_bound_to_the_very_bytes():
    client = json.loads(from_b64url(QUALITY.sign(PAYLOAD)["client_data"], ""))
    assert client["challenge"] != json.loads(from_b64url(QUALITY.sign(OTHER)["client_data"], ""))["challenge"]
