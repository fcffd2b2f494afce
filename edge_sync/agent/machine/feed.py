"""Readings as a gateway writes them: one file of JSON lines an asset, which rotates to ``….jsonl.1``, ``.2``.

A place in a file is known by what was read, not by the file's number on the disk, which a copy changes and a
file system uses again: the digest of the first line, and that of the last bytes before the place.

- A file that holds both goes on behind the place, whether it was appended to, copied back, or renamed.
- The rotated file that holds them is finished first, then the ones after it, oldest first.
- Where none holds them (truncated in place, replaced by another) the file starts anew; a rotated one that
  was read before it stays read. Where that is gone too, the oldest that is left comes first: what was read is
  older than all of them, or is known as a repetition.
- A node that lost its memory begins with the file of which something may not have arrived.
- Only whole lines are read; a half-written one waits. Blank lines are none. A line beyond ``LARGEST_READ`` is
  given as its first bytes, once, and passed over to its end.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

HEAD = TAIL = 4096
LARGEST_READ = 1 << 20
ROTATIONS = 9
SHOWN = 100  # bytes of a line that is too long
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Place:
    """How far a feed was read.

    ``head``, ``tail``: digests as above, of the file read last; ``before``: ``head`` of the file finished
    before it; ``skipping``: inside a line that is too long; ``reached``: when the end was last reached
    [s since 1970].
    """

    offset: int = 0
    head: str = ""
    tail: str = ""
    before: str = ""
    skipping: bool = False
    reached: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: whole lines, the place after them, and whether that is the end."""

    lines: list[bytes]
    place: Place
    at_end: bool


def start_of_file(head: str) -> Place:
    """The beginning of the file that is known by ``head``, wherever it was rotated to."""
    return Place(head=head, tail=_digest(b""))


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


def _head(file: BinaryIO) -> str:
    """Of the first line, or of the first bytes of a longer one; "" where neither is whole yet."""
    file.seek(0)
    start = file.read(HEAD)
    first, newline, _rest = start.partition(b"\n")
    return _digest(first) if newline or len(start) == HEAD else ""


def _tail(file: BinaryIO, offset: int) -> str:
    """Of the bytes before ``offset``; "" where the file does not reach so far."""
    start = max(0, offset - TAIL)
    file.seek(start)
    end = file.read(offset - start)
    return _digest(end) if len(end) == offset - start else ""


def _holds(file: BinaryIO, place: Place) -> bool:
    return bool(place.head) and _head(file) == place.head and _tail(file, place.offset) == place.tail


def _open(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _lines(file: BinaryIO, place: Place, limit: int) -> Read:
    """At most ``limit`` whole lines behind ``place`` in ``file``."""
    file.seek(place.offset)
    data = file.read(LARGEST_READ)
    full = len(data) == LARGEST_READ
    if place.skipping or (full and b"\n" not in data):
        return _too_long(file, place, data, full=full)
    whole = data.split(b"\n")[:-1]
    lines = whole[:limit]
    offset = place.offset + sum(map(len, lines)) + len(lines)
    if place.offset == 0 and lines:
        lines[0] = lines[0].removeprefix(BOM)
    at = replace(place, offset=offset, tail=_tail(file, offset))
    return Read([one for one in lines if one.strip()], at, len(lines) == len(whole) and not full)


def _too_long(file: BinaryIO, place: Place, data: bytes, *, full: bool) -> Read:
    """Pass over what belongs to a line that no record is as long as; its start is given once."""
    given = [] if place.skipping else [data[:SHOWN]]
    passed, newline, _rest = data.partition(b"\n")
    offset = place.offset + len(passed) + len(newline)
    at = replace(place, offset=offset, tail=_tail(file, offset), skipping=not newline)
    return Read(given, at, at_end=not full and not newline)


def _rest(file: BinaryIO, place: Place) -> Read | None:
    """The last line of a rotated file that nobody will end any more; None where there is none."""
    file.seek(place.offset)
    data = file.read(LARGEST_READ)
    if not data.strip() or place.skipping:
        return None
    offset = place.offset + len(data)
    return Read([data], replace(place, offset=offset, tail=_tail(file, offset)), at_end=False)


def read(path: Path, place: Place, *, limit: int) -> Read:
    """At most ``limit`` lines after ``place``; rotated files are finished first. OSError as files give it."""
    with ExitStack() as stack:
        files: list[BinaryIO] = []  # the current one, then .1, .2, …
        for name in [path, *(path.with_name(f"{path.name}.{n}") for n in range(1, ROTATIONS + 1))]:
            opened = _open(name)
            if opened is not None:
                files.append(stack.enter_context(opened))
            elif name != path:
                break
            else:
                return Read([], place, at_end=True)  # between two files: what is there can be renamed yet
        return _read(files, place, limit)


def _read(files: list[BinaryIO], place: Place, limit: int) -> Read:
    holding = next((index for index, file in enumerate(files) if _holds(file, place)), None)
    if holding is None:
        holding, place = _start(files, place)
    else:
        lines_read = _lines(files[holding], place, limit)
        if holding == 0 or lines_read.lines or not lines_read.at_end:
            return replace(lines_read, at_end=lines_read.at_end and holding == 0)
        holding -= 1
        if _head(files[holding]) and (rest := _rest(files[holding + 1], place)) is not None:
            return rest
        place = replace(place, offset=0, tail="", before=place.head, head="", skipping=False)
    for index in range(holding, -1, -1):
        head = _head(files[index])
        if not head:  # not one whole line yet: it cannot be told from another file
            continue
        fresh = replace(place, offset=0, head=head, tail=_tail(files[index], 0), skipping=False)
        lines_read = _lines(files[index], fresh, limit)
        if index == 0 or lines_read.lines or not lines_read.at_end:
            return replace(lines_read, at_end=lines_read.at_end and index == 0)
        place = replace(place, before=head)
    return Read([], place, at_end=True)


def _start(files: list[BinaryIO], place: Place) -> tuple[int, Place]:
    """The oldest file that was not read yet, and the place before it, where none holds the old one."""
    heads = [_head(file) for file in files]
    anew = replace(place, offset=0, head="", tail="", skipping=False)
    if not place.head and not place.before:  # never read: what rotated before belongs to nobody
        return 0, replace(anew, before=heads[1] if len(heads) > 1 else "")
    for index in range(1, len(files)):
        if place.before and heads[index] == place.before:
            return index - 1, anew
    return len(files) - 1, replace(anew, before=place.head or place.before)
