"""What happens to a node's disk, feed and clock in a plant; for the quick tests here and for long fault runs.

A fault is a function of the node's home or of its feed, and knows nothing of the agent.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

HOW: Mapping[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[: len(data) // 2],
    "empty": lambda _data: b"",
    "zeroed": lambda data: bytes(len(data)),
    "foreign": lambda _data: b"\x89PNG\r\n\x1a\n this is another program's file\n" * 9,
    "scribbled": lambda data: bytes(255 - one if index % 97 == 0 else one for index, one in enumerate(data)),
}
FOLDER, GONE = "a folder", "gone"
FILES: Mapping[str, str] = {
    "store": "agent.sqlite3",
    "log of the store": "agent.sqlite3-wal",
    "settings": "agent.json",
    "trust root": "root.json",
    "key": "node.key",
    "what runs": "current/*.json",
    "what was installed": "installed/*/*.json",
    "second copy": "installed/remembered.json",
    "contents": "files/*",
    "TUF cache": "tuf/metadata/*.json",
    "roots in the TUF cache": "tuf/metadata/root_history/*.json",
    "twins": "twins/*",
    "lock": "agent.lock",
}


def rot(home: Path, what: str, how: str) -> list[Path]:
    """Rot every file of ``what`` (a key of FILES); the files that were there."""
    found = [path for path in sorted(home.glob(FILES[what])) if not path.is_symlink() and path.is_file()]
    for path in found:
        if how == GONE:
            path.unlink()
        elif how == FOLDER:
            path.unlink()
            path.mkdir()
            (path / "lost+found").touch()
        else:
            mode = path.stat().st_mode
            path.write_bytes(HOW[how](path.read_bytes()))
            path.chmod(mode)
    return found


def read_only(store: Path) -> None:
    """SQLite refuses to write such a file, whoever asks: its header names a format of the future."""
    with closing(sqlite3.connect(store)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode=DELETE")
    data = bytearray(store.read_bytes())
    data[18] = 3
    store.write_bytes(data)


def another_program(store: Path) -> None:
    """A sound SQLite file that has nothing to do with a node."""
    clear_store(store)
    with closing(sqlite3.connect(store)) as db:
        db.executescript("CREATE TABLE meta (key TEXT, value TEXT); CREATE TABLE moz_places (id INTEGER);")


def clear_store(store: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path = store.with_name(store.name + end)
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)


# ---- feeds ----


def record(part: str, at: str, **changes: Any) -> dict[str, Any]:
    return {
        "part": part, "asset": "press-3", "at": at, "readings": {"force": 800.0, "power": 23.0},
    } | changes  # fmt: skip


def hostile_lines(at: str) -> Iterator[tuple[str, bytes]]:
    """Lines that a gateway, a script or a disk puts into a feed; ``at`` is a time that fits. No parts."""

    def line(name: str, **changes: Any) -> tuple[str, bytes]:
        return name, json.dumps(record(f"X-{name}", at) | changes).encode()

    yield line("empty .NET date", at="0001-01-01T00:00:00+01:00")
    yield line("empty .NET date in UTC", at="0001-01-01T00:00:00+00:00")
    yield line("end of all time", at="9999-12-31T23:59:59-14:00")
    yield line("end of all time in UTC", at="9999-12-31T23:59:59+00:00")
    yield line("clock at zero", at="1970-01-01T00:00:07+00:00")
    yield line("Excel's zero", at="1899-12-30T00:00:00+00:00")
    yield line("no zone", at="2026-11-22T12:00:00")
    yield line("a number for a time", at=1764590000)
    yield line("a list for a time", at=[at])
    yield line("units of another kind", units={"force": [[[]]]})
    yield line("no readings", readings=None)
    yield line("a list of readings", readings=[800, 23])
    deep = b'{"part":"X","at":"%s","readings":' % at.encode()
    yield "nested 100,000 deep", deep + b"[" * 100_000 + b"]" * 100_000 + b"}"
    yield "nested 400 deep", deep + b"[" * 400 + b"]" * 400 + b"}"
    yield "nested 900 deep", deep + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}"
    whole = json.dumps(record("X-number", at)).encode()
    yield "5,000 digits", whole.replace(b"800.0", b"9" * 5000)
    yield "bare nan", whole.replace(b"800.0", b"nan").replace(b"23.0", b"nan")
    yield "beyond all floats", whole.replace(b"800.0", b"1e400").replace(b"23.0", b"-1e400")
    yield "NaN", whole.replace(b"800.0", b"NaN").replace(b"23.0", b"NaN")
    yield "a NUL byte", b"\0" + whole
    yield "zeroes of a power cut", bytes(512)
    yield "UTF-16", json.dumps(record("X", at)).encode("utf-16-le").replace(b"\n", b"")
    yield "Latin 1", json.dumps(record("X-\xfc", at), ensure_ascii=False).encode("latin-1")
    yield "half a line", whole[: len(whole) // 2]
    yield "two records in a line", whole + whole
    yield "a word", b"hello"
    yield "null", b"null"
    yield "longer than any record", b'{"part":"' + b"x" * ((1 << 20) + 50) + b'"}'


# ---- clocks ----

STEPS: Mapping[str, float] = {
    "two hours ahead": 7200.0,
    "two hours back": -7200.0,
    "a day ahead": 86_400.0,
    "a day back": -86_400.0,
    "to 1970": -1_764_547_200.0,
}
