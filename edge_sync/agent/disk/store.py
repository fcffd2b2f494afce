"""What the agent must not forget: one SQLite file, written through to the disk at every commit.

Whoever opens it for work calls ``opening.opened``, which sets aside a file that rotted.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

APPLICATION = 0x4D4C4F50  # how SQLite's header tells this agent's file from another program's
SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feeds (
    asset TEXT PRIMARY KEY, offset INTEGER NOT NULL, head TEXT NOT NULL, tail TEXT NOT NULL,
    before TEXT NOT NULL, skipping INTEGER NOT NULL, reached REAL NOT NULL);
CREATE TABLE IF NOT EXISTS open_windows (asset TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (asset, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS window_parts (asset TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (asset, key, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS parked_deliveries (
    kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, records INTEGER NOT NULL, code TEXT NOT NULL,
    sentence TEXT NOT NULL, at TEXT NOT NULL, left TEXT NOT NULL DEFAULT '',
    left_reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS kept_rows (
    id TEXT PRIMARY KEY, asset TEXT NOT NULL, part TEXT NOT NULL, at REAL NOT NULL, readings TEXT NOT NULL,
    probabilities TEXT NOT NULL, sent INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_rows_at ON kept_rows (at, asset);
CREATE TABLE IF NOT EXISTS pictures (id TEXT NOT NULL, part TEXT NOT NULL, view TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (id, view));
CREATE TABLE IF NOT EXISTS reports (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (asset TEXT PRIMARY KEY, number INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS activations (
    asset TEXT NOT NULL, number INTEGER NOT NULL, artifact TEXT NOT NULL, state TEXT NOT NULL,
    health TEXT NOT NULL DEFAULT '{{}}', PRIMARY KEY (asset, number));
CREATE TABLE IF NOT EXISTS refusals (asset TEXT NOT NULL, digest TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (asset, digest, reason));
CREATE TABLE IF NOT EXISTS revoked (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
CATCHING_UP = "catching_up"  # in ``meta``, with the machine: see ``recollecting``
FORGOTTEN = "forgotten"  # in ``meta``: the store was begun anew, and has not seen the portal's numbers since
BORN = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


class Keeper(Protocol):
    """What remembers numbers where the store cannot (``remembered``)."""

    def reserve(self, name: str, up_to: int) -> None: ...


class Store:
    """One connection for each thread; ``transaction()`` is all or nothing, and durable when it is left."""

    def __init__(self, path: Path, keeper: Keeper | None = None) -> None:
        self._path, self._keeper = path, keeper
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.db.executescript(SCHEMA)
        except BaseException:
            self.close()
            raise

    @property
    def db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "db", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
            except BaseException:
                connection.close()
                raise
            self._local.db = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "db", None)
        self._local.db = None
        if connection is not None:
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write in one step; inside another transaction it is part of that one."""
        if self.db.in_transaction:
            yield self.db
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            if self.db.in_transaction:  # a full disk has rolled it back already
                self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def meta(self, key: str, default: Any = None) -> Any:
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else default

    def set_meta(self, key: str, value: Any) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def take_numbers(self, name: str, now: datetime, count: int = 1, *, per_second: int = 1) -> int:
        """Take ``count`` numbers of a sequence, inside a transaction; returns the first.

        A new store starts at the time of its making, so that a node that was set up again repeats no number.
        """
        started = max(0, int((now.timestamp() - BORN) * per_second))
        last = int(self.meta(f"number:{name}", started))
        if self._keeper is not None:
            self._keeper.reserve(name, last + count)
        self.set_meta(f"number:{name}", last + count)
        return last + 1
