"""The portal's signed time, and what is not one."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mlops_portal.foundation.wire import signed_time
from mlops_portal.foundation.wire.errors import Invalid

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
NONCE, AT = "a" * 32, datetime(2026, 11, 22, 12, tzinfo=UTC)


def said(key: Ed25519PrivateKey = KEY, nonce: str = NONCE, time: str = AT.isoformat()) -> bytes:
    signature = key.sign(signed_time.signed_bytes(nonce=nonce, time=time)).hex()
    return json.dumps({"nonce": nonce, "time": time, "signature": signature}).encode()


def read(data: bytes) -> datetime:
    keys = [OTHER.public_key().public_bytes_raw(), KEY.public_key().public_bytes_raw()]
    return signed_time.parse(data, nonce=NONCE, keys=keys[1:])


def test_a_signed_time_is_read() -> None:
    assert read(said()) == AT


@pytest.mark.parametrize(
    "data",
    [
        said(key=OTHER),
        said(nonce="b" * 32),
        said(time="0001-01-01T00:00:00+01:00"),
        said().replace(b"12:00", b"13:00"),
        b"<html>Sign in to the guest network</html>",
        b"[]",
        b"{}",
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        read(data)


@pytest.mark.parametrize(
    ("text", "fits"), [("a" * 16, True), ("a" * 15, False), ("a" * 65, False), ("a b" * 8, False)]
)
def test_a_nonce_is_letters_and_digits(text: str, fits: bool) -> None:
    assert signed_time.is_nonce(text) is fits
