"""PostgreSQL: every table by COPY, in pieces; read in one snapshot, written in one transaction.

The tables themselves come from this version's migrations, so an archive brings rows and nothing that runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from mlops_portal.above.serve.backup.archive import PIECE, Writer

FOLDER = "database/"
MEMBER = 4 << 20
LEFT_OUT = {"django_session", "django_migrations"}  # nobody is signed in again; migrating writes the second


def tables() -> dict[str, list[str]]:
    """The columns of every table whose rows are kept."""
    with connection.cursor() as cursor:
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        return {
            name: [column.name for column in connection.introspection.get_table_description(cursor, name)]
            for name in sorted(set(names) - LEFT_OUT)
        }


def put(writer: Writer, columns: dict[str, list[str]]) -> None:
    """Inside a snapshot: all rows, never more than a piece of a table in memory."""
    for table, names in columns.items():
        for number, data in enumerate(_pieces(table, names)):
            writer.add(f"{FOLDER}{table}/{number:06d}", len(data), BytesIO(data))


def _copy(table: str, names: list[str], way: str) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), columns, sql.SQL(way))


def _pieces(table: str, names: list[str]) -> Iterator[bytes]:
    buffer = bytearray()
    with connection.cursor() as cursor, cursor.copy(_copy(table, names, "TO STDOUT")) as rows:
        for row in rows:
            buffer += row
            if len(buffer) >= MEMBER:
                yield bytes(buffer)
                buffer.clear()
    if buffer:
        yield bytes(buffer)


def make_tables() -> None:
    """All migrations, in the transaction that is open; what they filled in is emptied again."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL DEFERRED"
        )  # migrations set them otherwise; tables come in any order
        for table in tables():
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table)))
            if cursor.fetchone()[0]:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def take(name: str, columns: dict[str, list[str]], source: IO[bytes]) -> None:
    """The rows of one member. KeyError for a table that the manifest does not name."""
    table = name.removeprefix(FOLDER).partition("/")[0]
    with connection.cursor() as cursor, cursor.copy(_copy(table, columns[table], "FROM STDIN")) as rows:
        while data := source.read(PIECE):
            rows.write(data)


def finish() -> None:
    """Foreign keys hold, and new rows get numbers that no old row has."""
    models: list[Any] = apps.get_models(include_auto_created=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def empty() -> bool:
    """Whether the database that DATABASE_URL names has no tables yet."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)
