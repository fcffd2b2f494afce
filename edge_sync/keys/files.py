"""Ed25519 private keys as files (PEM, PKCS #8), readable by their owner alone."""

from __future__ import annotations

import contextlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils.translation import gettext as _
from securesystemslib.signer import CryptoSigner

from edge_sync.errors import KeyUnreadable
from mlops_portal.foundation.ledger.key_files import key_in, make_once


def read(path: Path) -> Ed25519PrivateKey:
    """The key in ``path``; KeyUnreadable where there is none."""
    with contextlib.suppress(OSError):
        key = key_in(path.read_bytes())
        if key is not None:
            return key
    raise KeyUnreadable(
        _("The key %(name)s cannot be read; restore it, or run keys_ceremony.") % {"name": path.name}
    )


def make(path: Path) -> Ed25519PrivateKey:
    """The key in ``path``, made where there is none; of processes that start at once, one wins."""
    make_once(path)
    return read(path)


def signer(key: Ed25519PrivateKey) -> CryptoSigner:
    """The key as TUF signs with it."""
    return CryptoSigner(key)
