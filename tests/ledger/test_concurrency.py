"""Commit order is not the order of ids: transactions that overlap, with connections of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from mlops_portal.foundation.ledger.models import Event, Leaf
from mlops_portal.foundation.ledger.selectors import checkpoint_latest, log_verify
from mlops_portal.foundation.ledger.services import log_sequence

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


def apart(work, *args):
    """Run in a thread, close its connection."""
    try:
        return work(*args)
    finally:
        connection.close()


def sound(expected: int) -> None:
    log_sequence()
    assert Event.objects.exclude(type="ledger.key.used").count() == expected
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(
        range(Event.objects.count())
    )
    assert log_verify().faults == []


def test_many_recorders_and_two_sequencers_at_once_give_every_event_one_leaf(record):
    stop = threading.Event()

    def sequencer() -> None:
        while not stop.is_set():
            log_sequence(batch=7)

    with ThreadPoolExecutor(6) as pool:
        sequencers = [pool.submit(apart, sequencer) for _ in range(2)]
        recorders = [pool.submit(apart, record, 25) for _ in range(4)]
        for recorder in recorders:
            recorder.result(60)
        stop.set()
        for each in sequencers:
            each.result(60)
    sound(100)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_an_event_with_a_lower_id_that_commits_later_still_gets_its_leaf(record):
    inserted, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record()
            inserted.set()
            assert go.wait(30)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(apart, slow)
        assert inserted.wait(30)
        record(3)
        assert log_sequence() == 4
        assert checkpoint_latest().settled == 0  # somebody is still under way
        go.set()
        late.result(30)
    assert log_sequence() == 1
    assert checkpoint_latest().settled == Event.objects.order_by("-id").first().pk
    sound(4)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_the_sequencer_holds_up_no_recorder(record):
    record(3)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        log_sequence()
        assert len(pool.submit(apart, record).result(30)) == 1
    sound(4)
