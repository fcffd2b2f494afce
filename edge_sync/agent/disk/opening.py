"""Opening the store: what rotted is set aside and begun anew; a full disk is no rot and is waited for.

- not SQLite, damaged, empty, a folder, of other columns, another node's: set aside, with its ``-wal`` and
  ``-shm``;
- read-only: made writable where that is possible, else set aside;
- the disk is full or does not answer, another process holds it: OSError or OperationalError, try again later.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from edge_sync.agent.disk.aside import Aside, set_aside
from edge_sync.agent.disk.store import APPLICATION, SCHEMA, Keeper, Store

CHECKED_WHOLE = 50 << 20  # bytes; a larger file is checked where its memory lies, the rest when it is read
MEMORY = ("meta", "feeds", "seen", "revoked", "activations")
PASSING = {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_IOERR,
}  # fmt: skip
BESIDE = ("-wal", "-shm", "-journal")


class Foreign(Exception):
    """It is a store, but not this one; the sentence says how."""


def is_passing(error: BaseException) -> bool:
    """Whether an error of SQLite says that the machine is in trouble, not the file."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in PASSING


def is_rot(error: BaseException) -> bool:
    """Whether an error of SQLite says that the file itself is bad."""
    code = getattr(error, "sqlite_errorcode", None)
    rotten = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return code is not None and (code & 0xFF) in rotten


def is_of_the_record(error: Exception) -> bool:
    """Whether a failed step may be the fault of the record, not of disk, memory or store."""
    return not isinstance(error, OSError | MemoryError | sqlite3.OperationalError) and not is_rot(error)


def opened(
    path: Path, *, node: str, aside: Aside, then: str, condemned: str = "", keeper: Keeper | None = None
) -> Store:
    """The store in ``path``, sound; ``condemned`` says why it is set aside whatever it looks like."""
    why = condemned or ("is empty" if path.is_file() and not path.stat().st_size else "")
    if not why:
        try:
            return _sound(path, node, keeper)
        except (sqlite3.DatabaseError, Foreign) as error:
            if is_passing(error) or not path.exists():
                raise
            why = _why(error)
    _away(path, why, then, aside)
    return _sound(path, node, keeper)


def _why(error: Exception) -> str:
    if isinstance(error, Foreign):
        return str(error)
    return f"cannot be used ({str(error).splitlines()[0][:80]})"


def _away(path: Path, why: str, then: str, aside: Aside) -> None:
    if path.exists() or path.is_symlink():
        aside.take(path, why, then)
    for end in BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            set_aside(beside, aside.now)


def _sound(path: Path, node: str, keeper: Keeper | None) -> Store:
    if path.is_file() and not path.stat().st_mode & 0o200:
        with contextlib.suppress(OSError):
            path.chmod(0o600)
    new = not path.exists()
    if not new:
        _check_application(path)
    store = Store(path, keeper)
    try:
        _check(store, node, path)
    except BaseException:
        store.close()
        raise
    return store


def _check_application(path: Path) -> None:
    """Before anything is written: another program's file stays as it is."""
    if path.is_dir():
        raise Foreign("is a folder")
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as db:
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and tables:  # without tables: cut off while it was made
        raise Foreign("is no store of this agent")


def _check(store: Store, node: str, path: Path) -> None:
    whole = path.stat().st_size <= CHECKED_WHOLE
    for which in [""] if whole else [f"({table})" for table in MEMORY]:
        (said,) = store.db.execute(f"PRAGMA quick_check{which}").fetchone()
        if said != "ok":
            raise Foreign("is damaged")
    wanted = sqlite3.connect(":memory:")
    wanted.executescript(SCHEMA)
    for (table,) in wanted.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if _columns(store.db, table) != _columns(wanted, table):
            raise Foreign("is a store of another version")
    wanted.close()
    owner = store.meta("node", node)
    if owner != node:
        raise Foreign(f"is the store of {owner}")
    with store.transaction():  # also finds out whether it can be written at all
        store.set_meta("node", node)


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
