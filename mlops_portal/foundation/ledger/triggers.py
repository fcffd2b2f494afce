"""Append-only by the database itself: rows of the log are refused every UPDATE, DELETE, TRUNCATE and REPLACE.

- SQLite fires no delete trigger for the row that ``INSERT OR REPLACE`` throws out, so an insert that would
  meet a unique column of an existing row is refused beforehand.
- On PostgreSQL the triggers fire always, also in sessions that replay replication.
- The personal part may be changed in one way only: emptied, with the event that tells of it.
- SQLite rebuilds a table that a migration alters, without its triggers: such a migration calls ``install``.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

UNIQUE: dict[str, tuple[tuple[str, ...], ...]] = {
    "ledger_event": (("id",), ("uuid",)),
    "ledger_eventsubject": (("id",), ("event_id", "relation", "kind", "key")),
    "ledger_leaf": (("index",), ("event_id",)),
    "ledger_checkpoint": (("id",), ("size",)),
    "ledger_eventpersonal": (("event_id",),),
}
PERSONAL = "ledger_eventpersonal"
FUNCTION = "ledger_refuse"
_ERASING = "OLD.erased_by_id IS NULL AND NEW.erased_by_id IS NOT NULL AND NEW.event_id = OLD.event_id"


def _say(table: str) -> str:
    return f"{table} is append-only"


def _sqlite(table: str) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_say(table)}'); END"
    meets = " OR ".join(
        "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")"
        for columns in UNIQUE[table]
    )
    emptied = " WHEN NOT (" + _ERASING + " AND NEW.data = '' AND length(NEW.salt) = 0)"
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE {meets})"  # noqa: S608 (names of this file)
    return {
        f"{table}_no_update": f"BEFORE UPDATE ON {table}{emptied if table == PERSONAL else ''} {refuse}",
        f"{table}_no_delete": f"BEFORE DELETE ON {table} {refuse}",
        f"{table}_no_replace": f"BEFORE INSERT ON {table} WHEN {exists} {refuse}",
    }


def _postgresql(table: str) -> dict[str, str]:
    run = f"EXECUTE FUNCTION {FUNCTION}()"
    emptied = f" WHEN (NOT ({_ERASING} AND NEW.data = '' AND length(NEW.salt) = 0))"
    when = emptied if table == PERSONAL else ""
    return {
        f"{table}_no_update": f"BEFORE UPDATE ON {table} FOR EACH ROW{when} {run}",
        f"{table}_no_delete": f"BEFORE DELETE ON {table} FOR EACH ROW {run}",
        f"{table}_no_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
    }


def _triggers(vendor: str, table: str) -> dict[str, str]:
    return _postgresql(table) if vendor == "postgresql" else _sqlite(table)


def expected(vendor: str) -> set[str]:
    """Names of the triggers that a database of ``vendor`` must have."""
    return {name for table in UNIQUE for name in _triggers(vendor, table)}


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """Those of ``expected`` that the database has and that fire."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'ledger_%%' AND tgenabled = 'A'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger_%%'"
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return {name for (name,) in cursor.fetchall()} & expected(connection.vendor)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make all triggers, those that are there anew."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; "
                "END $$"
            )
        for table in UNIQUE:
            for name, body in _triggers(connection.vendor, table).items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")
                if connection.vendor == "postgresql":
                    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop all triggers; a test empties its tables so. Nothing in the product calls it but ``install``."""
    with connection.cursor() as cursor:
        for table in UNIQUE:
            for name in _triggers(connection.vendor, table):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def migrate_forwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For RunPython."""
    install(schema_editor.connection)


def migrate_backwards(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For RunPython."""
    remove(schema_editor.connection)
