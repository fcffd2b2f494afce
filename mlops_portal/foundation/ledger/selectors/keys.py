"""The Ed25519 key that signs checkpoints: CHECKPOINT_KEY, or below VAR_DIR in the embedded profile."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.errors import NoCheckpointKey
from mlops_portal.foundation.ledger.key_files import key_in, make_once
from mlops_portal.foundation.wire.note import Key, public_key


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
        if make:
            make_once(path)
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
    key = key_in(pem)
    if key is None:
        raise NoCheckpointKey(_("%(source)s is not an Ed25519 private key in PEM form.") % {"source": source})
    return key
