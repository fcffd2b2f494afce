"""The keys that lie beside the portal: timestamp, snapshot, and one for each line's releases.

A thief of all of them can make nodes see fresh timestamps and new files, but no roster and no decision of a
person: nodes of a passkey line refuse whatever is not signed by people.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from securesystemslib.signer import CryptoSigner

from edge_sync.keys import files

TIMESTAMP, SNAPSHOT = "timestamp", "snapshot"


def folder() -> Path:
    return Path(settings.VAR_DIR) / "keys"


def role_of(line: str) -> str:
    """The delegated role of a line's releases."""
    return f"line-{line}"


def signer(name: str) -> CryptoSigner:
    """The signer ``timestamp``, ``snapshot`` or ``line-…``; KeyUnreadable where a ceremony is due."""
    return files.signer(files.read(folder() / f"{name}.pem"))


def signer_made(name: str) -> CryptoSigner:
    """The same, made where there is none; ceremonies alone call it, because a new key needs a signature."""
    return files.signer(files.make(folder() / f"{name}.pem"))
