"""SQL itself is refused; runs on both databases."""

import pytest
from django.db import IntegrityError, connection, transaction

from mlops_portal.foundation.ledger import triggers
from mlops_portal.foundation.ledger.services import log_sequence

pytestmark = [pytest.mark.django_db, pytest.mark.services]
TABLES = ["ledger_event", "ledger_eventsubject", "ledger_leaf", "ledger_checkpoint", "ledger_eventpersonal"]


@pytest.fixture(autouse=True)
def _log(record):
    record(3)
    log_sequence()


def rows(table: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        return cursor.fetchall()


def refused(statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_updated_or_deleted(table):
    before = rows(table)
    column = triggers.UNIQUE[table][0][0]
    refused(f'UPDATE {table} SET "{column}" = "{column}"')
    refused(f"DELETE FROM {table}")
    assert rows(table) == before


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has INSERT OR REPLACE")
def test_no_row_can_be_replaced(table):
    before = rows(table)
    refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    refused(f"REPLACE INTO {table} SELECT * FROM {table}")
    refused(f"UPDATE OR REPLACE {table} SET rowid = rowid")
    assert rows(table) == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has INSERT OR REPLACE")
def test_a_row_with_another_id_cannot_push_one_out_by_a_unique_column():
    columns = "uuid, at, actor_kind, actor_id, channel, public, leaf_hash"
    other = f"SELECT 'x', {columns} FROM ledger_event LIMIT 1"
    refused(f"INSERT OR REPLACE INTO ledger_event (type, {columns}) {other}")
    again = "SELECT 99, event_id FROM ledger_leaf LIMIT 1"
    refused(f'INSERT OR REPLACE INTO ledger_leaf ("index", event_id) {again}')


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has TRUNCATE")
def test_no_table_can_be_emptied(table):
    before = rows(table)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused(f"TRUNCATE {table} CASCADE")
    assert rows(table) == before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no replication")
def test_a_session_that_replays_replication_is_refused_as_well():
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        refused("UPDATE ledger_event SET type = 'x'")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")


def test_a_personal_part_cannot_be_rewritten_only_emptied():
    refused("UPDATE ledger_eventpersonal SET data = '{}'")
    refused("UPDATE ledger_eventpersonal SET data = '', salt = ''")
    refused("UPDATE ledger_eventpersonal SET erased_by_id = event_id")


@pytest.mark.django_db(transaction=True)
def test_installing_twice_leaves_all_triggers_in_place():
    triggers.install(connection)
    triggers.install(connection)
    assert triggers.present(connection) == triggers.expected(connection.vendor)
    triggers.remove(connection)
    assert triggers.present(connection) == set()
    triggers.install(connection)
