import pytest

from mlops_portal.foundation.ledger import types
from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.refs import SYSTEM, Actor
from mlops_portal.foundation.ledger.services import event_record, personal_erase

pytestmark = pytest.mark.django_db


def test_an_event_reads_as_a_sentence(record):
    (event,) = record()
    assert types.sentence(Event.objects.get(pk=event.pk)) == "Ada Berg changed tool T0 of Bo"


def test_after_erasing_the_sentence_says_so(record):
    (event,) = record()
    personal_erase(actor=SYSTEM, kind="person", id="7f1")
    found = Event.objects.get(pk=event.pk)
    assert types.sentence(found) == "A person whose name was erased changed tool T0 of (erased)"


def test_the_portal_and_nameless_actors_are_named_plainly():
    portal = event_record(type="test.tool.changed", actor=SYSTEM, public={"tool": "T1"})
    node = event_record(type="test.tool.changed", actor=Actor("node", "press-2", ""), public={"tool": "T1"})
    assert types.sentence(portal) == "The portal changed tool T1 of –"
    assert types.sentence(node) == "press-2 changed tool T1 of –"


def test_a_type_that_is_no_longer_known_is_shown_by_its_name(record):
    (event,) = record()
    event.type = "test.of.yore"
    assert types.sentence(event) == "test.of.yore"


def test_types_have_plain_names_and_one_sentence():
    types.register("test.shift.begun", "A shift began")
    for name, sentence in [
        ("test.shift.begun", "Another"),
        ("Shift", "x"),
        ("shift", "x"),
        ("a." + "b" * 80, "x"),
    ]:
        with pytest.raises(ValueError):
            types.register(name, sentence)
    assert types.registered()["test.shift.begun"] == "A shift began"
