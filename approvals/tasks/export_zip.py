"""A zip whose bytes depend on nothing but the files: stored, sorted, of one time, of one system."""

from __future__ import annotations

import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold
UNIX, READABLE = 3, 0o100644 << 16
BLOCK = 1 << 20


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    hashed = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
    return hashed.hexdigest()


def files_below(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def zip_write(folder: Path, out: Path) -> str:
    """Pack ``folder`` into ``out``; returns the zip's SHA-256."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name in files_below(folder):
            path = folder / name
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system, info.external_attr = UNIX, READABLE
            info.file_size = path.stat().st_size  # so that only what needs it is written as ZIP64
            with path.open("rb") as source, packed.open(info, "w") as target:
                shutil.copyfileobj(source, target, BLOCK)
    return digest_of(out)
