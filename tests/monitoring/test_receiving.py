"""Batches come twice, out of order, late and wrong; each counts once or is kept with a reason."""

import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from mlops_portal.foundation.wire import merge
from mlops_portal.foundation.wire.errors import Invalid
from monitoring.errors import NotThisNode, SequenceReused
from monitoring.intake.services.merging import batch_merge
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Prediction, Quarantined, SampledRow, TelemetryBatch, Window
from monitoring.models.telemetry import BatchState

pytestmark = pytest.mark.django_db(transaction=True)


def states():
    return list(TelemetryBatch.objects.order_by("sequence").values_list("state", flat=True))


def test_a_batch_is_merged_and_its_body_let_go(floor):
    batch = batch_receive(node=floor.node, body=floor.body(windows=[floor.window(0)]))
    batch.refresh_from_db()
    assert (batch.state, batch.body) == (BatchState.MERGED, "")
    window = Window.objects.get()
    assert (window.asset, window.version, window.lot, window.n) == (floor.press, floor.version, "7731", 120)


def test_the_same_batch_again_changes_nothing(floor):
    body = floor.body(windows=[floor.window(0)])
    first, again = (batch_receive(node=floor.node, body=body) for _ in range(2))
    assert first.pk == again.pk
    assert not batch_merge(batch=first)
    assert Window.objects.get().n == 120


def test_other_content_under_a_known_number_is_a_conflict(floor):
    batch_receive(node=floor.node, body=floor.body(sequence=7))
    with pytest.raises(SequenceReused):
        batch_receive(node=floor.node, body=floor.body(sequence=7, windows=[floor.window(0)]))


def test_a_batch_that_names_another_node_is_refused_at_the_door(floor):
    body = json.loads(floor.body()) | {"node": "node-2"}
    with pytest.raises(NotThisNode):
        batch_receive(node=floor.node, body=json.dumps(body).encode())
    with pytest.raises(Invalid):
        batch_receive(node=floor.node, body=b"{}")
    assert not TelemetryBatch.objects.exists()


def test_windows_of_one_span_add_up_in_any_order(floor):
    bodies = [
        floor.body(windows=[floor.window(minute % 3, n=40, lot=lot)])
        for minute in range(9)
        for lot in ("7731", "7732")
    ]
    random.Random(3).shuffle(bodies)
    for body in bodies:
        batch_receive(node=floor.node, body=body)
    assert Window.objects.count() == 6
    assert set(Window.objects.values_list("n", flat=True)) == {120}
    window = Window.objects.first()
    assert sum(window.counts["pressure"]) == sum(window.classes.values()) == sum(window.confidence) == 120
    assert window.moments["pressure"][0] == 120


def test_a_late_batch_has_its_window_judged_again(floor):
    batch_receive(node=floor.node, body=floor.body(windows=[floor.window(0)]))
    assert Window.objects.get().judged_at is not None
    window = Window.objects.get()
    batch_merge(
        batch=TelemetryBatch.objects.create(
            node=floor.node, sequence=99, digest="x", received_at=floor.start,
            body=floor.body(sequence=99, windows=[floor.window(0)]).decode(),
        )
    )  # fmt: skip
    window.refresh_from_db()
    assert (window.n, window.judged_at) == (240, None)


def test_predictions_and_rows_come_once_and_nulls_stay(floor):
    body = floor.body(predictions=[floor.prediction(1)], rows=[floor.row(1)])
    batch_receive(node=floor.node, body=body)
    batch_receive(node=floor.node, body=floor.body(predictions=[floor.prediction(1)], rows=[floor.row(1)]))
    assert Prediction.objects.get().lot == "7731"
    assert SampledRow.objects.get().readings == {"pressure": 146.0, "thickness": None}


def test_set_aside_records_are_kept_with_their_reason(floor):
    record = {
        "asset": "press-1", "part": "1-9", "check": "range", "reason": "900 bar cannot be",
        "record": {"pressure": 900}, "at": floor.start.isoformat(),
    }  # fmt: skip
    batch_receive(node=floor.node, body=floor.body(quarantined=[record]))
    assert Quarantined.objects.get().reason == "900 bar cannot be"


@pytest.mark.services
def test_many_workers_merge_every_batch_once(floor):
    for sequence in range(1, 25):
        TelemetryBatch.objects.create(
            node=floor.node, sequence=sequence, digest=str(sequence), received_at=floor.start,
            body=floor.body(
                sequence=sequence, windows=[floor.window(minute, n=10) for minute in (0, 1)]
            ).decode(),
        )  # fmt: skip
    gate = threading.Barrier(4)

    def work() -> None:
        try:
            gate.wait(10)
            for batch in TelemetryBatch.objects.order_by("sequence").select_related("node__line"):
                batch_merge(batch=batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work) for _ in range(4)]:
            done.result(60)
    assert set(states()) == {BatchState.MERGED}
    assert list(Window.objects.values_list("n", flat=True)) == [240, 240]


def test_addition_is_the_same_in_every_grouping():
    a, b, c = [1, 2], [3, 4], [5, 6]
    assert merge.add_counts(merge.add_counts(a, b), c) == merge.add_counts(a, merge.add_counts(b, c))
