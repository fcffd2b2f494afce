"""The migrated database of the tests: made once for all processes and runs, copied by each that needs it.

- The template is named after the digest of everything that shapes tables, so a changed model makes a new one.
- After a test that commits, the template is copied back page by page: the log's triggers stay where they
  are, and nobody flushes a hundred tables. PostgreSQL's are flushed: there are few, and a copy takes longer.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache" / "databases"
APPS = ("mlops_portal", "monitoring", "explain", "labeling", "approvals", "edge_sync")
SHAPES = ("**/migrations/*.py", "**/models.py", "**/models/*.py", "**/apps.py", "**/triggers.py")


@contextlib.contextmanager
def on_a_copy(path: Path) -> Iterator[None]:
    """Inside, the default connection is a copy of the template at ``path``."""
    shutil.copyfile(template(), path)
    connection = connections["default"]
    connection.close()
    own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def put_back() -> None:
    """Everything as it was migrated; other threads may have the database open."""
    connection: Any = connections["default"]
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(f"file:{template()}?mode=ro&immutable=1", uri=True)) as source:
        source.backup(connection.connection)


@functools.cache
def template() -> Path:
    """The migrated database in one file; the first process that asks makes it."""
    path = KEPT / f"{_digest()}.sqlite3"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for other in KEPT.glob("*.sqlite3*"):
                other.unlink()
            _migrate_into(path)
    return path


def _digest() -> str:
    """Of all files that shape the tables, and of what reads them."""
    seen = hashlib.sha256(f"{django.VERSION} {sys.version_info} {sqlite3.sqlite_version}".encode())
    for path in sorted(path for app in APPS for shape in SHAPES for path in (ROOT / app).glob(shape)):
        seen.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    seen.update((ROOT / "requirements.lock").read_bytes())
    return seen.hexdigest()[:20]


def _migrate_into(path: Path) -> None:
    made = path.with_suffix(f".sqlite3.{os.getpid()}")
    before = setup_databases(verbosity=0, interactive=False)
    connection: Any = connections["default"]
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(made)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    teardown_databases(before, verbosity=0)
    made.replace(path)
