"""The node's own key: made at the first start, readable by its owner alone."""

from __future__ import annotations

import hmac
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from edge_sync.agent.config import BadConfig
from edge_sync.agent.disk import files


def load_or_make(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key in ``path`` (PEM, PKCS #8); BadConfig where it is another or others may read it."""
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        files.write(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
        return made
    if path.stat().st_mode & 0o077 and not path.is_dir():
        raise BadConfig(f"{path} can be read by others: chmod 600 {path}, or delete it and enrol again.")
    try:
        return _parse(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadConfig(f"{path} {error}.") from None


def _parse(data: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise ValueError(f"is not a key: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("is not an Ed25519 key")
    return key


def trouble(data: bytes) -> str:
    """What keeps ``data`` from being a node's key; "" where it is one."""
    try:
        _parse(data)
    except ValueError:
        return "is not an Ed25519 key"
    return ""


def sampling_secret(key: Ed25519PrivateKey) -> bytes:
    """The node's secret for drawing samples: it follows from the key, so that a draw falls the same again
    even where the store was lost."""
    return hmac.new(key.private_bytes_raw(), b"mlops-portal sampling v1", sha256).digest()


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public half as the portal's enrolment takes it."""
    return key.public_key().public_bytes_raw().hex()
