"""The Ed25519 key that signs checkpoints: CHECKPOINT_KEY, or below VAR_DIR in the embedded profile."""

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
from django.conf import settings
from django.utils.translation import gettext as _

from mlops_portal.ledger.errors import NoCheckpointKey
from mlops_portal.wire.note import Key, public_key


def origin() -> str:
    """The log's name, first line of every checkpoint."""
    return str(getattr(settings, "LOG_ORIGIN", "")) or "localhost/mlops-portal"


def checkpoint_key(*, make: bool = False) -> Ed25519PrivateKey:
    """The private key; ``make`` makes the embedded profile's once. NoCheckpointKey where there is none."""
    configured = str(getattr(settings, "CHECKPOINT_KEY", ""))
    if configured:
        return _loaded(configured.encode(), "CHECKPOINT_KEY")
    if settings.PROFILE != "embedded":
        raise NoCheckpointKey(_("CHECKPOINT_KEY is not set; give it an Ed25519 private key as PEM text."))
    path = Path(settings.VAR_DIR) / "keys" / "checkpoint.pem"
    try:
        if make and not path.exists():
            _make(path)
        return _loaded(path.read_bytes(), str(path))
    except OSError as error:
        raise NoCheckpointKey(
            _("The checkpoint key %(path)s cannot be read or made (%(why)s).")
            % {"path": path, "why": error.strerror}
        ) from None


def checkpoint_verifier(*, make: bool = False) -> Key:
    """The public half under the log's name."""
    return public_key(origin(), checkpoint_key(make=make))


def _loaded(pem: bytes, source: str) -> Ed25519PrivateKey:
    with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_private_key(pem, password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise NoCheckpointKey(_("%(source)s is not an Ed25519 private key in PEM form.") % {"source": source})


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
