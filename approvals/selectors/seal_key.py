"""The portal's approval key: seals what people confirmed with password and code, on portal-trusted lines.

Ed25519 as PEM in ``VAR_DIR/keys/approval.key`` (mode 0600). Its id is the SHA-256 of the public half.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext as _

from approvals.errors import NoSealKey
from mlops_portal.foundation.ledger.key_files import key_in, make_once


def seal_path() -> Path:
    return Path(settings.VAR_DIR) / "keys" / "approval.key"


def seal_key(*, make: bool = False) -> Ed25519PrivateKey:
    """The private half; ``make`` makes it where there is none. Raises NoSealKey."""
    path = seal_path()
    try:
        if make:
            make_once(path)
        pem = path.read_bytes()
    except OSError as error:
        raise NoSealKey(
            _("The approval key %(path)s cannot be read or made (%(why)s).")
            % {"path": path, "why": error.strerror}
        ) from None
    key = key_in(pem)
    if key is None:
        raise NoSealKey(_("%(path)s is not an Ed25519 private key in PEM form.") % {"path": path})
    return key


def seal_public(*, make: bool = False) -> tuple[str, bytes]:
    """The key's id and its public half (32 bytes). Raises NoSealKey."""
    public = seal_key(make=make).public_key().public_bytes_raw()
    return sha256(public).hexdigest(), public
