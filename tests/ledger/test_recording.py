import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.db import transaction

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.ledger.errors import OutsideTransaction, UnknownType
from mlops_portal.foundation.ledger.models import Event, EventPersonal
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.ledger.signals import event_recorded
from mlops_portal.foundation.wire.merkle import leaf_hash

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(OutsideTransaction):
        event_record(type="test.shift.begun", actor=SYSTEM)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_its_transaction(record):
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_a_type_that_nobody_registered_is_refused():
    with pytest.raises(UnknownType):
        event_record(type="test.unheard.of", actor=SYSTEM)


def test_the_public_text_holds_everything_but_names(record):
    (event,) = record()
    event.refresh_from_db()
    assert event.entry["subjects"] == [
        {"relation": "about", "kind": "line", "id": "1"},
        {"relation": "changed", "kind": "tool", "id": "0"},
    ]
    assert event.data == {"tool": "T0"}
    assert "Ada" not in event.public
    assert "Bo" not in event.public
    assert bytes(event.leaf_hash) == leaf_hash(event.public.encode())


def test_names_lie_apart_and_are_bound_by_a_salted_digest(record):
    (event,) = record()
    part = EventPersonal.objects.get(event=event)
    assert json.loads(part.data) == {"actor": "Ada Berg", "data": {"owner": "Bo"}}
    assert sha256(bytes(part.salt) + part.data.encode()).hexdigest() == event.entry["personal"]


def test_an_event_without_names_has_no_personal_part():
    event = event_record(type="test.shift.begun", actor=SYSTEM)
    assert event.entry["personal"] is None
    assert not EventPersonal.objects.exists()


def test_the_channel_is_written_down():
    assert event_record(type="test.shift.begun", actor=SYSTEM).entry["channel"] == "command"
    with channel("api"):
        assert event_record(type="test.shift.begun", actor=SYSTEM).entry["channel"] == "api"
    with pytest.raises(ValueError), channel("rumour"):
        pass


def test_the_time_may_be_given():
    at = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (
        event_record(type="test.shift.begun", actor=SYSTEM, at=at).entry["at"]
        == "2026-01-02T03:04:05.000006Z"
    )


def test_one_subject_named_twice_counts_once():
    event = event_record(type="test.shift.begun", actor=SYSTEM, subjects=[Ref("line", "1"), Ref("line", "1")])
    assert event.subjects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": Actor("ghost", "1", "")},
        {"actor": Actor("person", "", "")},
        {"subjects": [Ref("line", "x" * 201)]},
        {"subjects": [Ref("line", "a\0b")]},
        {"public": {"text": "x" * 70_000}},
        {"public": {"number": 2**60}},
    ],
    ids=["no such actor", "no id", "long id", "NUL", "too long", "number beyond 2**53"],
)
def test_what_another_reader_could_not_read_is_refused(wrong):
    with pytest.raises(ValueError):
        event_record(**{"type": "test.shift.begun", "actor": SYSTEM, **wrong})
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_of_it_after_commit_and_cannot_break_it():
    heard = []

    def listen(event, **_kwargs):
        heard.append((event.type, transaction.get_connection().in_atomic_block))
        raise RuntimeError("a broken listener")

    event_recorded.connect(listen)
    try:
        with transaction.atomic():
            event_record(type="test.shift.begun", actor=SYSTEM)
            assert heard == []
    finally:
        event_recorded.disconnect(listen)
    assert heard == [("test.shift.begun", False)]
