"""Readings as a gateway writes them: one file of JSON lines an asset, which rotates to ``….jsonl.1``.

The place in a file is known by inode, offset and the digest of its first line, because file systems use an
inode again. Only whole lines are read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

HEAD = 4096
LARGEST_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """How far a feed was read; ``reached`` is when its end was last reached [s since 1970], 0 if never."""

    inode: int = 0
    offset: int = 0
    head: str = ""
    reached: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: whole lines, the place after them, and whether that is the end."""

    lines: list[bytes]
    place: Place
    at_end: bool


def _head(file: BinaryIO) -> str:
    file.seek(0)
    first, newline, _rest = file.read(HEAD).partition(b"\n")
    return sha256(first).hexdigest()[:16] if newline else ""


def _open(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _take(file: BinaryIO, offset: int, limit: int) -> tuple[list[bytes], int, bool]:
    """Whole lines from ``offset``, the offset after them, and whether these were all."""
    file.seek(offset)
    found = file.read(LARGEST_READ)
    full = len(found) == LARGEST_READ
    if full and b"\n" not in found:  # no record is that long: pass over it
        return [found[:100]], offset + LARGEST_READ, False
    whole = found.split(b"\n")[:-1]
    lines = whole[:limit]
    return lines, offset + sum(map(len, lines)) + len(lines), len(lines) == len(whole) and not full


def read(path: Path, place: Place, *, limit: int) -> Read:
    """At most ``limit`` lines after ``place``; a rotated file is finished first."""
    current = _open(path)
    if current is None:
        return Read([], place, at_end=True)
    with current:
        inode, head = _identity(current)
        if head and (inode, head) == (place.inode, place.head):
            lines, offset, at_end = _take(current, place.offset, limit)
            return Read(lines, replace(place, offset=offset), at_end)
        rest = _finish_rotated(path, place, limit)
        if rest is not None and rest.lines:
            return rest
        if not head:  # not one whole line yet: it cannot be told from another file
            return Read([], place, at_end=True)
        lines, offset, at_end = _take(current, 0, limit)
        return Read(lines, Place(inode, offset, head, place.reached), at_end)


def _identity(file: BinaryIO) -> tuple[int, str]:
    return os.fstat(file.fileno()).st_ino, _head(file)


def _finish_rotated(path: Path, place: Place, limit: int) -> Read | None:
    """The unread lines of ``….jsonl.1``; all of them where the file read last is gone."""
    if not place.head:
        return None
    rotated = _open(path.with_suffix(path.suffix + ".1"))
    if rotated is None:
        return None
    with rotated:
        inode, head = _identity(rotated)
        offset = place.offset if (inode, head) == (place.inode, place.head) else 0
        lines, offset, _at_end = _take(rotated, offset, limit)
        return Read(lines, Place(inode, offset, head, place.reached), at_end=False)
