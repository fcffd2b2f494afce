"""Somebody with full access to the database changes one thing; the verification says what."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.utils import timezone

from mlops_portal.foundation.ledger import triggers
from mlops_portal.foundation.ledger.models import Checkpoint, Event, StoredTile
from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.selectors import log_verify
from mlops_portal.foundation.ledger.selectors.keys import origin
from mlops_portal.foundation.ledger.services import log_sequence, personal_erase
from mlops_portal.foundation.wire import note
from mlops_portal.foundation.wire.merkle import leaf_hash

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

ONE = '(SELECT event_id FROM ledger_leaf WHERE "index" = 1)'


def change(table: str, what: str) -> str:
    column = "id" if table == "ledger_event" else "event_id"
    return f"UPDATE {table} SET {what} WHERE {column} = {ONE}"


BYTES = "CAST('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS {bytea})"
CHANGES = {
    "uuid": (change("ledger_event", "uuid = '00000000000000000000000000000000'"), "about id"),
    "type": (change("ledger_event", "type = 'test.shift.begun'"), "about type"),
    "time": (change("ledger_event", "at = '2020-01-01 00:00:00+00:00'"), "about at"),
    "actor's kind": (change("ledger_event", "actor_kind = 'node'"), "about actor"),
    "actor": (change("ledger_event", "actor_id = '8'"), "about actor"),
    "channel": (change("ledger_event", "channel = 'api'"), "about channel"),
    "text": (change("ledger_event", "public = replace(public, 'T1', 'T9')"), "hash to its leaf"),
    "text, not JSON": (change("ledger_event", "public = 'x'"), "canonical"),
    "text, spaced": (change("ledger_event", "public = public || ' '"), "canonical"),
    "digest": (change("ledger_event", f"personal_digest = {BYTES}"), "about personal"),
    "no digest": (change("ledger_event", "personal_digest = NULL"), "does not know"),
    "leaf hash": (change("ledger_event", f"leaf_hash = {BYTES}"), "hash to its leaf"),
    "relation": (change("ledger_eventsubject", "relation = 'x'"), "about subjects"),
    "subject's kind": (change("ledger_eventsubject", "kind = 'x'"), "about subjects"),
    "subject": (change("ledger_eventsubject", "key = 'x'"), "about subjects"),
    "subject gone": (f"DELETE FROM ledger_eventsubject WHERE event_id = {ONE}", "about subjects"),
    "subject added": (
        f"INSERT INTO ledger_eventsubject (relation, kind, key, event_id) VALUES ('a', 'b', 'c', {ONE})",
        "about subjects",
    ),
    "name": (change("ledger_eventpersonal", "data = replace(data, 'Ada', 'Eve')"), "changed"),
    "salt": (change("ledger_eventpersonal", f"salt = {BYTES}"), "was changed"),
    "personal part gone": (f"DELETE FROM ledger_eventpersonal WHERE event_id = {ONE}", "no event tells"),
    "erased silently": (
        change("ledger_eventpersonal", "data = '', salt = '', erased_by_id = event_id"),
        "erased by event",
    ),
    "called erased": (change("ledger_eventpersonal", "erased_by_id = event_id"), "but is there"),
    "leaf gone": ('DELETE FROM ledger_leaf WHERE "index" = 1', "Leaves 1 to 1 are missing"),
    "last leaf gone": ('DELETE FROM ledger_leaf WHERE "index" = 5', "more leaves than there are"),
    "checkpoint's size": (
        "UPDATE ledger_checkpoint SET size = 5 WHERE size = 6",
        "something else than its row",
    ),
    "checkpoint's root": (f"UPDATE ledger_checkpoint SET root = {BYTES} WHERE size = 6", "another root"),
    "checkpoint's note": ("UPDATE ledger_checkpoint SET note = replace(note, '6', '7')", "not valid"),
    "newest checkpoint gone": (
        "DELETE FROM ledger_checkpoint WHERE size = 6",
        "behind the newest checkpoint",
    ),
    "tile": (f"UPDATE ledger_storedtile SET hashes = {BYTES}", "tile tile/0/000.p/6"),
    "tile gone": ("DELETE FROM ledger_storedtile", "tile tile/0/000.p/6"),
    "tile added": (
        f'INSERT INTO ledger_storedtile (level, "index", hashes) VALUES (3, 1, {BYTES})',
        "no part",
    ),
}


@pytest.fixture(autouse=True)
def _log(record):
    record(3)
    log_sequence()
    record(2)
    log_sequence()
    assert log_verify().faults == []


def tampered(*statements: str) -> list[str]:
    """The faults after SQL that no trigger stopped; the triggers are back before anybody looks."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(
                statement.replace("{bytea}", "BYTEA" if connection.vendor == "postgresql" else "BLOB")
            )
    triggers.install(connection)
    return log_verify().faults


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_found_and_named(what):
    statement, said = CHANGES[what]
    assert [fault for fault in tampered(statement) if said in fault]


def test_swapped_leaves_are_found():
    first, second = (
        Event.objects.filter(leaf__index__lt=2).order_by("leaf__index").values_list("id", flat=True)
    )
    faults = tampered(
        'DELETE FROM ledger_leaf WHERE "index" < 2',
        f'INSERT INTO ledger_leaf ("index", event_id) VALUES (0, {second}), (1, {first})',
    )
    assert [fault for fault in faults if "another root" in fault]


def test_a_text_and_its_hash_changed_together_still_miss_the_signed_root():
    event = Event.objects.get(leaf__index=1)
    text = event.public.replace("T1", "T9")
    triggers.remove(connection)
    Event.objects.filter(pk=event.pk).update(public=text, leaf_hash=leaf_hash(text.encode()))
    triggers.install(connection)
    faults = log_verify().faults
    assert [fault for fault in faults if "From checkpoint 4 on, 2 checkpoints have another root" in fault]


def test_a_deleted_event_leaves_a_gap():
    pk = Event.objects.get(leaf__index=1).pk
    faults = tampered(
        f"DELETE FROM ledger_leaf WHERE event_id = {pk}",
        f"DELETE FROM ledger_eventsubject WHERE event_id = {pk}",
        f"DELETE FROM ledger_eventpersonal WHERE event_id = {pk}",
        f"DELETE FROM ledger_event WHERE id = {pk}",
    )
    assert [fault for fault in faults if "Leaves 1 to 1 are missing" in fault]


def test_an_event_slipped_in_below_what_is_settled_is_found():
    low = Event.objects.order_by("id").first().pk - 1_000
    event = Event.objects.order_by("id").first()
    event.pk, event.uuid = low, "00000000-0000-0000-0000-000000000001"
    event.save(force_insert=True)
    assert [fault for fault in log_verify().faults if "never given a leaf" in fault]


def test_a_checkpoint_signed_with_another_key_is_found():
    last = Checkpoint.objects.order_by("-size").first()
    text = note.split(last.note)[0]
    forged = note.sign(text, name=origin(), private=Ed25519PrivateKey.generate())
    assert [
        fault
        for fault in tampered(f"UPDATE ledger_checkpoint SET note = '{forged}'")
        if "no known key" in fault
    ]


def test_missing_triggers_are_named():
    with transaction.atomic(), connection.cursor() as cursor:
        on = " ON ledger_event" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_event_no_delete{on}")
    assert "ledger_event_no_delete" in log_verify().faults[0]
    triggers.install(connection)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps to the types of its columns")
@pytest.mark.parametrize(
    "what", ["uuid = 'x'", "at = 'x'", "actor_id = x'ff'", "leaf_hash = 'x'", "public = x'ff'"]
)
def test_values_of_another_type_are_a_fault_and_not_a_crash(what):
    assert tampered(change("ledger_event", what))


def test_an_erasure_that_undoes_itself_is_found():
    personal_erase(actor=SYSTEM, kind="person", id="7f1")
    assert log_verify().faults == []
    assert log_verify().erased == 5
    assert tampered(change("ledger_eventpersonal", "erased_by_id = NULL"))


def test_a_stored_tile_of_a_longer_log_is_found():
    StoredTile.objects.create(level=0, index=1, hashes=b"x" * 32)
    Checkpoint.objects.create(size=7, root=b"x" * 32, note="x", at=timezone.now(), settled=0)
    assert len(log_verify().faults) == 2
