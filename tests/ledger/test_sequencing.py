import pytest
from django.db import transaction

from mlops_portal.foundation.ledger import selectors
from mlops_portal.foundation.ledger.errors import LogDamaged
from mlops_portal.foundation.ledger.models import Checkpoint, Event, Leaf, StoredTile
from mlops_portal.foundation.ledger.services import log_sequence
from mlops_portal.foundation.ledger.tasks import sequence
from mlops_portal.foundation.wire import merkle, note

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def in_order() -> list[bytes]:
    return [
        merkle.leaf_hash(text.encode())
        for text in Leaf.objects.order_by("index").values_list("event__public", flat=True)
    ]


def test_an_empty_log_gets_no_checkpoint():
    assert log_sequence() == 0
    assert selectors.checkpoint_latest() is None


def test_every_event_gets_a_leaf_and_the_key_is_announced(record):
    record(3)
    assert log_sequence() == 4
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == [0, 1, 2, 3]
    assert Event.objects.filter(type="ledger.key.used").count() == 1
    assert log_sequence() == 0


@pytest.mark.parametrize("batch", [1, 7, 100, 4096])
def test_whatever_the_batches_the_tree_is_that_of_the_leaves(record, batch):
    for count in (300, 1, 230):
        record(count)
        log_sequence(batch=batch)
    leaves = in_order()
    assert len(leaves) == 532
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == merkle.root_of(leaves[: checkpoint.size])
    assert selectors.tree(532).root() == merkle.root_of(leaves)
    assert [
        (t.level, t.index, len(t.hashes) // 32) for t in StoredTile.objects.order_by("level", "index")
    ] == [
        (0, 0, 256),
        (0, 1, 256),
        (0, 2, 20),
        (1, 0, 2),
    ]


def test_the_checkpoint_is_a_note_that_the_announced_key_signed(record):
    record()
    log_sequence()
    latest = selectors.checkpoint_latest()
    key = note.Key.parse(Event.objects.get(type="ledger.key.used").data["key"])
    text, _signers = note.verify(latest.note, [key])
    assert text.splitlines()[1] == "2"


def test_the_task_does_the_same(record):
    record(2)
    assert sequence() == 3


def test_proofs_of_inclusion_and_consistency_hold(record):
    events = record(300)
    assert selectors.inclusion_proof(events[0]) is None
    log_sequence(batch=100)
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", "root"))
    for event in (events[0], events[137], events[-1]):
        found = selectors.inclusion_proof(event)
        merkle.verify_inclusion(
            index=found.index,
            size=found.checkpoint.size,
            leaf=bytes(event.leaf_hash),
            proof=found.proof,
            root=bytes(found.checkpoint.root),
        )
    (first, first_root), (second, second_root) = sizes[0], sizes[-1]
    merkle.verify_consistency(
        first=first,
        second=second,
        first_root=bytes(first_root),
        second_root=bytes(second_root),
        proof=selectors.consistency_proof(first=first, second=second),
    )


def test_an_event_is_covered_by_the_first_checkpoint_after_it(record):
    (first,) = record()
    assert selectors.checkpoint_covering(first) is None
    log_sequence()
    record()
    log_sequence()
    assert selectors.checkpoint_covering(first).size == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_more_is_signed_on_a_damaged_tree(record, unguarded):
    record(3)
    log_sequence()
    StoredTile.objects.update(hashes=b"x" * 128)
    record()
    with pytest.raises(LogDamaged):
        log_sequence()
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_search_begins_behind_what_is_settled(record):
    record(5)
    log_sequence(batch=2)
    assert selectors.checkpoint_latest().settled == Event.objects.order_by("-id").first().pk
    with transaction.atomic():
        record(2)
        transaction.set_rollback(True)
    record()
    assert log_sequence() == 1
