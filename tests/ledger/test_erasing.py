import pytest
from django.db import transaction

from mlops_portal.foundation.ledger.models import Event, EventPersonal
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor, Ref
from mlops_portal.foundation.ledger.selectors import log_verify
from mlops_portal.foundation.ledger.services import event_record, log_sequence, personal_erase

pytestmark = [pytest.mark.django_db, pytest.mark.services]
EVE = Actor("person", "8", "Eve Lund")


def test_what_a_person_did_and_what_is_about_them_is_erased_and_nothing_else(record):
    own, kept = record()[0], record(actor=EVE)[0]
    about = event_record(
        type="test.shift.begun", actor=SYSTEM, subjects=[Ref("person", "7f1")], personal={"a": "b"}
    )
    assert personal_erase(actor=EVE, kind="person", id="7f1") == 2
    parts = {part.event_id: part.data for part in EventPersonal.objects.all()}
    assert parts[own.pk] == parts[about.pk] == ""
    assert "Eve" in parts[kept.pk]
    assert Event.objects.get(pk=own.pk).is_erased
    assert not Event.objects.get(pk=kept.pk).is_erased


def test_an_event_tells_how_many_and_the_log_stays_sound(record):
    record(3)
    log_sequence()
    personal_erase(actor=EVE, kind="person", id="7f1")
    log_sequence()
    told = Event.objects.get(type="ledger.personal.erased")
    assert told.data == {"count": 3, "kind": "person", "id": "7f1"}
    found = log_verify()
    assert (found.erased, found.faults) == (3, [])


def test_who_erases_themselves_leaves_no_name(record):
    record()
    personal_erase(actor=Actor("person", "7f1", "Ada Berg"), kind="person", id="7f1")
    assert not EventPersonal.objects.filter(data__contains="Ada").exists()


def test_a_second_time_finds_nothing(record):
    record(2)
    assert personal_erase(actor=SYSTEM, kind="person", id="7f1") == 2
    assert personal_erase(actor=SYSTEM, kind="person", id="7f1") == 0
    with transaction.atomic():
        assert log_verify().faults == []
