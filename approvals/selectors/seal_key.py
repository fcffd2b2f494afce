"""The portal's approval key: seals what people confirmed with password and code, on portal-trusted lines.

Ed25519 as PEM in ``VAR_DIR/keys/approval.key`` (mode 0600). Its id is the SHA-256 of the public half.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils.translation import gettext as _

from approvals.errors import NoSealKey


def seal_path() -> Path:
    return Path(settings.VAR_DIR) / "keys" / "approval.key"


def seal_key(*, make: bool = False) -> Ed25519PrivateKey:
    """The private half; ``make`` makes it where there is none. Raises NoSealKey."""
    path = seal_path()
    try:
        if make and not path.exists():
            _make(path)
        pem = path.read_bytes()
    except OSError as error:
        raise NoSealKey(
            _("The approval key %(path)s cannot be read or made (%(why)s).")
            % {"path": path, "why": error.strerror}
        ) from None
    with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_private_key(pem, password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise NoSealKey(_("%(path)s is not an Ed25519 private key in PEM form.") % {"path": path})


def seal_public(*, make: bool = False) -> tuple[str, bytes]:
    """The key's id and its public half (32 bytes). Raises NoSealKey."""
    public = seal_key(make=make).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(public).hexdigest(), public


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor, made = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(descriptor)
    with contextlib.suppress(FileExistsError):
        os.link(made, path)  # of several processes that make it at once, one wins
    Path(made).unlink()
