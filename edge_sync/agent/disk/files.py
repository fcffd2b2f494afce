"""Files that survive a power cut: the old one or the new one, never half of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from edge_sync.agent.disk.aside import set_aside


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put ``data`` at ``path`` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():  # no file takes the place of a folder
        set_aside(path, datetime.now(UTC))
    made = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except BaseException:  # a full disk: half a file would fill it further
        made.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Take ``path`` away, durably; nothing happens where it is not there."""
    if path.exists():
        path.unlink()
        sync_folder(path.parent)


class Files:
    """Contents by their SHA-256; what was altered on the disk is not there any more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its digest."""
        digest = sha256(data).hexdigest()
        if self.get(digest) is None:
            write(self.folder / digest, data)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The bytes of ``digest``, or None where they are absent or altered."""
        try:
            data = (self.folder / digest).read_bytes()
        except OSError:
            return None
        return data if sha256(data).hexdigest() == digest else None
