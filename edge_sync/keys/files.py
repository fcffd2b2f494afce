"""Ed25519 private keys as files (PEM, PKCS #8), readable by their owner alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.utils.translation import gettext as _
from securesystemslib.signer import CryptoSigner

from edge_sync.errors import KeyUnreadable


def read(path: Path) -> Ed25519PrivateKey:
    """The key in ``path``; KeyUnreadable where there is none."""
    with contextlib.suppress(OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise KeyUnreadable(
        _("The key %(name)s cannot be read; restore it, or run keys_ceremony.") % {"name": path.name}
    )


def make(path: Path) -> Ed25519PrivateKey:
    """The key in ``path``, made where there is none; of processes that start at once, one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        descriptor, made = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        Path(made).unlink()
    return read(path)


def signer(key: Ed25519PrivateKey) -> CryptoSigner:
    """The key as TUF signs with it."""
    return CryptoSigner(key)
