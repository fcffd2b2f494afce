"""Who may write when: one sequencer at a time, and the moment at which no recorder is under way.

- SQLite: every write transaction is IMMEDIATE, so there is one writer at all.
- PostgreSQL: advisory locks of the transaction. Every recorder holds RECORDING shared from before its event
  gets an id until after its commit; whoever gets it alone knows that every id so far is committed or dead.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max

from mlops_portal.foundation.ledger.models import Event

SEQUENCING = 7_810_779_117_001
RECORDING = 7_810_779_117_002


def recording() -> None:
    """Called before an event is inserted."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [RECORDING])


def sequencing() -> None:
    """Waits until this transaction is the only sequencer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCING])


def highest_settled() -> int | None:
    """The highest id of an event below which none can appear any more; None while recorders are under way."""
    savepoint = transaction.savepoint()
    alone = True
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [RECORDING])
            alone = cursor.fetchone()[0]
    highest = (Event.objects.aggregate(highest=Max("id"))["highest"] or 0) if alone else None
    transaction.savepoint_rollback(
        savepoint
    )  # lets go of the lock, so that recorders never wait for the tree
    return highest
