"""What is done in the data before the parts start: tables and static files, when something changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


def migrations_missing() -> bool:
    """Whether the database lacks a migration of the code."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrations_unknown() -> bool:
    """Whether the database has a migration that the code lacks, of an app that the code has."""
    loader = MigrationExecutor(connections[DEFAULT_DB_ALIAS]).loader
    known = set(loader.disk_migrations) | {
        old for one in loader.replacements.values() for old in one.replaces
    }
    return any(key[0] in loader.migrated_apps and key not in known for key in loader.applied_migrations)


def restore_cut_off() -> bool:
    """Whether a restore into VAR_DIR was ended before it was done (``backup.files.Target``)."""
    return any(Path(settings.VAR_DIR).glob("*.restoring"))


def migrate() -> None:
    if migrations_missing():
        call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()


def collect_static() -> None:
    """Collect the static files when one was added, removed or changed since the last time."""
    stamp: Path = settings.VAR_DIR / "run" / "static.stamp"
    now = _static_digest()
    if stamp.is_file() and stamp.read_text() == now:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(now)


def _static_digest() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
