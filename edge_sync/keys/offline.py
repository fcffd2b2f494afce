"""The offline keys. In the demo they lie below VAR_DIR; in a plant on a medium that is put in for ceremonies.

Nothing but a ceremony (``services.ceremony``) opens them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from edge_sync.keys import files
from edge_sync.keys.demo import demo_offline

ROOTS = ("root-1", "root-2")


@dataclass(frozen=True, slots=True)
class OfflineKeys:
    """Two root keys, of which both must sign, and the roster's key."""

    roots: tuple[CryptoSigner, ...]
    roster: CryptoSigner


def opened(folder: Path | None = None, *, make: bool) -> OfflineKeys:
    """The keys in ``folder`` (the demo's by default); KeyUnreadable where one is missing."""
    place = folder or demo_offline()
    get = files.make if make else files.read
    roots = tuple(files.signer(get(place / f"{name}.pem")) for name in ROOTS)
    return OfflineKeys(roots, files.signer(get(place / "roster.pem")))
