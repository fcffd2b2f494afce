"""What nodes send is taken record by record: one that is not fit is set aside alone, with its reason."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.ledger.models import Event
from mlops_portal.foundation.ledger.types import sentence
from mlops_portal.foundation.plant.models import Node
from mlops_portal.foundation.plant.services.places import asset_change
from mlops_portal.foundation.wire import kinds, telemetry
from monitoring.intake.services.pictures import picture_put
from monitoring.intake.services.telemetry import batch_receive
from monitoring.intake.tasks import merge
from monitoring.models import (
    Picture,
    Prediction,
    Quarantined,
    SampledRow,
    TelemetryBatch,
    Window,
)
from monitoring.models.telemetry import BatchState
from tests.monitoring.ground import MINUTE
from tests.monitoring.taking import STRANGE, checks, ids, take
from tests.wire.test_telemetry import JSON

pytestmark = pytest.mark.django_db


@pytest.fixture
def neighbour(floor):
    """Another node of the line, with the second press."""
    node = Node.objects.create(
        name="Node 2", slug="node-2", line=floor.cast.line_1, registered_at=timezone.now()
    )
    floor.other.node = node
    floor.other.save()
    return node


# ---- one record never stands in the way of another ----


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ({"at": "0001-01-01T00:00:00+01:00"}, "clock"),
        ({"at": "0001-01-01T00:00:00+00:00"}, "clock"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "clock"),
        ({"at": "2000-01-01T00:00:00+00:00"}, "clock"),
        ({"at": "yesterday"}, "clock"),
        ({"confidence": float("nan")}, "format"),
        ({"confidence": 10**400}, "format"),
        ({"confidence": 7}, "format"),
        ({"part": "P" * 190}, "format"),
        ({"part": "P" * 100_000}, "format"),
        ({"part": "\0"}, "format"),
        ({"part": "\ud800"}, "format"),
        ({"label": "purple"}, "class"),
        ({"asset": "mill-9"}, "asset"),
        ({"activation": "press-2/1"}, "asset"),
        ({"id": "node-7:1"}, "number"),
        ({"artifact": STRANGE}, "unapproved"),
    ],
)
def test_a_prediction_that_is_not_fit_is_set_aside_alone_and_kept(floor, wrong, check):
    take(floor, predictions=[floor.prediction(1), floor.prediction(2) | wrong, floor.prediction(3)])
    assert ids() == ["node-1:1", "node-1:3"]
    row = Quarantined.objects.get()
    assert (row.check_key, row.sort, row.at_node, row.times) == (check, "prediction", False, 1)
    assert row.reason
    assert row.record


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ({"starts": "0001-01-01T00:00:00+01:00"}, "clock"),
        ({"ends": "9999-12-31T23:00:00+00:00"}, "clock"),
        ({"asset": "mill-9"}, "asset"),
        ({"counts": {"colour": [120]}}, "reading"),
        ({"counts": {"pressure": [120, 0]}}, "bins"),
        ({"moments": {"pressure": [1e300, 1.0, 1.0, 1.0, 1.0]}}, "range"),
        ({"moments": {"pressure": [120.0, 1e308, 1.7e308, 1e308, 100.0]}}, "range"),
        ({"classes": {"purple": 120}}, "class"),
        ({"n": 121}, "format"),
        ({"lot": "L" * 41}, "format"),
    ],
)
def test_a_window_that_is_not_fit_is_set_aside_alone_and_kept(floor, wrong, check):
    huge = {"moments": {"pressure": [120.0, 1e308, 1.7e308, 1e308, 100.0]}}
    windows = [floor.window(1), floor.window(0), floor.window(0) | wrong]
    windows[1] = windows[1] | (huge if wrong == huge else {})
    take(floor, windows=windows)
    assert {one.n for one in Window.objects.all()} == {120}
    assert (Window.objects.count(), checks()) == (2, [check])


def test_rows_of_unknown_readings_or_beyond_any_sensor_are_set_aside_alone(floor):
    predictions = [floor.prediction(number) for number in (1, 2, 3, 4)]
    rows = [
        floor.row(1),
        floor.row(2) | {"readings": {"colour": 1.0}},
        floor.row(3) | {"readings": {"pressure": 1e300}},
        floor.row(4) | {"probabilities": {"ok": 7.0}},
    ]
    take(floor, predictions=predictions, rows=rows)
    assert SampledRow.objects.get().prediction_id == "node-1:1"
    assert checks() == ["output", "range", "reading"]


def test_the_same_refused_record_again_is_counted_and_told_once(floor):
    for _time in range(3):
        take(floor, predictions=[floor.prediction(1, asset="mill-9")])
    assert Quarantined.objects.get().times == 3
    told = Event.objects.get(type="monitoring.records.set_aside")
    assert sentence(told) == (
        "What Node 1 sends was set aside (Another machine's, or none that is known): "
        "There is no machine “mill-9”."
    )


def test_a_batch_that_cannot_be_read_is_refused_and_those_behind_it_are_merged(floor, neighbour):
    bad = batch_receive(node=floor.node, body=floor.body(predictions=[floor.prediction(1)]))
    TelemetryBatch.objects.filter(pk=bad.pk).update(body="no batch")
    theirs = floor.prediction(1, id="node-2:1", asset="press-2", activation="press-2/1")
    body = json.loads(floor.body(predictions=[theirs]))
    batch_receive(node=neighbour, body=json.dumps(body | {"node": "node-2"}).encode())
    assert merge() == 1
    bad.refresh_from_db()
    assert (bad.state, bool(bad.problem)) == (BatchState.REFUSED, True)
    assert ids() == ["node-2:1"]


def test_a_fault_in_one_batch_leaves_the_others_alone(floor, neighbour, monkeypatch):
    from monitoring.intake.services import merging

    for node in (floor.node, neighbour):
        body = json.loads(floor.body()) | {"node": node.slug}
        batch_receive(node=node, body=json.dumps(body).encode())
    whole = merging._Merge.run

    def run(self, body):
        if self.node.slug == "node-1":
            raise ZeroDivisionError
        whole(self, body)

    monkeypatch.setattr(merging._Merge, "run", run)
    assert merge() == 1
    assert dict(TelemetryBatch.objects.values_list("node__slug", "state")) == {
        "node-1": BatchState.REFUSED, "node-2": BatchState.MERGED,
    }  # fmt: skip


def test_no_backlog_of_one_node_keeps_another_waiting(floor, neighbour, monkeypatch):
    monkeypatch.setattr("monitoring.intake.tasks.MOST", 4)
    for node in [*[floor.node] * 6, neighbour]:
        body = json.loads(floor.body()) | {"node": node.slug}
        batch_receive(node=node, body=json.dumps(body).encode())
    assert merge() == 3
    assert TelemetryBatch.objects.get(node=neighbour).state == BatchState.MERGED


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from(sorted(telemetry.SHAPE)),
    field=st.integers(0, 12),
    value=st.one_of(JSON, st.datetimes().map(lambda at: at.replace(tzinfo=UTC).isoformat())),
    whole=st.booleans(),
)
def test_whatever_stands_in_a_batch_it_is_merged_and_what_is_sound_in_it_taken(
    floor, part, field, value, whole
):
    Prediction.objects.all().delete()
    TelemetryBatch.objects.all().delete()
    odd = {
        "windows": floor.window(0), "predictions": floor.prediction(1), "rows": floor.row(2),
        "quarantined": {"asset": "press-1", "part": "1-9", "check": "range", "reason": "much", "record": {},
                        "at": floor.start.isoformat()},
    }[part]  # fmt: skip
    odd |= {sorted(odd)[field % len(odd)]: value}
    parts = {"predictions": [floor.prediction(2)]}
    parts[part] = [*parts.get(part, []), value if whole else odd]
    take(floor, **parts)
    assert "node-1:2" in ids()


# ---- a node speaks for its own machines ----


def test_a_node_speaks_for_its_own_machines_only(floor, neighbour):
    theirs = [
        floor.prediction(number, id=f"node-2:{number}", asset="press-1", activation="press-1/1")
        for number in range(30)
    ]
    own = floor.prediction(1, id="node-2:99", asset="press-2", activation="press-2/1")
    odd = {"asset": "press-1", "part": "1-1", "check": "range", "reason": "x", "record": {},
           "at": floor.start.isoformat()}  # fmt: skip
    rows = [floor.row(1) | {"id": "node-2:1"}]
    take(
        floor,
        node=neighbour,
        predictions=[*theirs, own],
        windows=[floor.window(0)],
        rows=rows,
        quarantined=[odd],
    )
    assert ids() == ["node-2:99"]
    assert not Window.objects.exists()
    assert not SampledRow.objects.exists()
    assert set(checks()) == {"node"}
    assert not Quarantined.objects.filter(at_node=True).exists()  # it keeps nobody's part from training
    assert Event.objects.filter(type="monitoring.records.set_aside").count() == 1


def test_rows_and_pictures_of_another_nodes_parts_are_refused(floor, neighbour):
    take(floor, predictions=[floor.prediction(1)])
    take(floor, node=neighbour, rows=[floor.row(1)])
    assert (SampledRow.objects.count(), checks()) == (0, ["number"])


def test_what_a_node_sends_late_of_a_machine_that_was_its_own_is_taken(floor, neighbour):
    asset_change(
        by=floor.cast.whole.administrator, asset=floor.press, name="Press 1", line=floor.cast.line_1,
        type=floor.press.type, node=neighbour,
    )  # fmt: skip
    later = (timezone.now() + timedelta(minutes=50)).isoformat()
    moved_long_ago = timedelta(hours=3)
    floor.press.node_spans.update(until=timezone.now() - moved_long_ago)
    take(floor, predictions=[floor.prediction(1), floor.prediction(2, at=later)])
    take(floor, node=neighbour, predictions=[floor.prediction(3, id="node-2:3", at=later)])
    assert ids() == ["node-1:1", "node-2:3"]
    assert checks() == ["node"]


def test_a_node_that_took_a_machine_over_tells_nothing_of_what_its_feed_held_before(floor, neighbour):
    now = timezone.now()
    floor.press.node_spans.create(node=floor.node, until=now - timedelta(hours=6))
    floor.press.node_spans.create(node=neighbour, until=now - timedelta(hours=3))  # and came back
    times = {"before": 9, "neighbour's": 4.5, "again": 0.5}
    at = {name: (now - timedelta(hours=ago)).isoformat() for name, ago in times.items()}
    for node in (floor.node, neighbour):
        told = [
            floor.prediction(1, id=f"{node.slug}:{name}", part=name, at=moment) for name, moment in at.items()
        ]
        take(floor, node=node, predictions=told)
    assert sorted(ids()) == ["node-1:again", "node-1:before", "node-2:neighbour's"]
    assert set(checks()) == {"node"}


# ---- what was said stays ----


def test_a_prediction_sent_again_is_nothing_and_with_other_content_it_is_refused_and_told(floor):
    take(floor, predictions=[floor.prediction(1)])
    take(floor, predictions=[floor.prediction(1), floor.prediction(1, confidence=0.9000001)])
    assert not Quarantined.objects.exists()
    take(floor, predictions=[floor.prediction(1, part="other", label="crack"), floor.prediction(2)])
    first = Prediction.objects.get(pk="node-1:1")
    assert (first.part_id, first.label) == ("1-1", "ok")
    assert ids() == ["node-1:1", "node-1:2"]
    assert checks() == ["altered"]
    told = Event.objects.get(type="monitoring.node.contradicted")
    assert "contradicts itself about node-1:1" in sentence(told)


def test_of_two_predictions_of_one_id_in_a_batch_the_first_stays(floor):
    take(floor, predictions=[floor.prediction(1), floor.prediction(1, label="crack"), floor.prediction(1)])
    assert (Prediction.objects.get().label, checks()) == ("ok", ["altered"])


def test_readings_sent_again_are_nothing_and_with_other_content_they_are_refused(floor):
    take(floor, predictions=[floor.prediction(1)], rows=[floor.row(1)])
    take(floor, rows=[floor.row(1) | {"reason": "requested", "inclusion_probability": 1.0}])
    assert not Quarantined.objects.exists()
    take(floor, rows=[floor.row(1) | {"readings": {"pressure": 1.0, "thickness": None}}])
    row = SampledRow.objects.get()
    assert (row.readings["pressure"], row.reason, checks()) == (146.0, "random", ["altered"])


def test_a_sketch_sent_again_adds_nothing_and_a_late_one_of_other_parts_adds_up(floor):
    window = floor.window(0)
    take(floor, windows=[window, window])
    take(floor, windows=[window])
    assert Window.objects.get().n == 120
    take(floor, windows=[floor.window(0, n=7)])
    assert Window.objects.get().n == 127


def test_a_second_picture_of_a_part_is_refused_and_the_first_stays(floor):
    take(floor, predictions=[floor.prediction(1)])
    png = b"\x89PNG\r\n\x1a\n"
    for data in (png + b"a", png + b"a", png + b"b"):
        picture_put(node=floor.node, prediction_id="node-1:1", view="colour", data=data)
    assert Picture.objects.get().artifact.size == len(png) + 1
    row = Quarantined.objects.get()
    assert (row.sort, row.check_key, row.part_id) == ("picture", "altered", "1-1")


def test_rows_before_their_prediction_wait_for_it_alone(floor):
    take(floor, rows=[floor.row(1), floor.row(2)])
    assert checks() == ["waits", "waits"]
    take(floor, predictions=[floor.prediction(1), floor.prediction(2, artifact=STRANGE)])
    assert SampledRow.objects.get().prediction_id == "node-1:1"
    assert checks() == ["unapproved", "unapproved"]


# ---- what the clock says ----


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=4000)])
def test_what_lies_in_the_future_is_refused(floor, ahead):
    at = (timezone.now() + ahead).isoformat()
    ends = (timezone.now() + ahead + MINUTE).isoformat()
    take(
        floor,
        predictions=[floor.prediction(1, at=at)],
        windows=[floor.window(0) | {"starts": at, "ends": ends}],
    )
    assert checks() == ["clock", "clock"]
    assert not Prediction.objects.exists()


def test_what_failed_at_the_node_is_kept_as_such_whatever_its_time(floor):
    odd = {
        "asset": "press-1", "part": "1-9", "check": "clock", "reason": "early", "record": {},
        "at": "0001-01-01T00:00:00+01:00",
    }  # fmt: skip
    later = odd | {"part": "1-8", "at": (timezone.now() + timedelta(days=3)).isoformat()}
    take(floor, quarantined=[odd, later])
    assert set(Quarantined.objects.values_list("part_id", "at_node", "check_key")) == {
        ("1-9", True, "clock"), ("1-8", True, "clock"),
    }  # fmt: skip


def test_the_empty_date_of_a_feed_is_a_time_that_no_record_may_have():
    assert not kinds.is_time("0001-01-01T00:00:00+01:00")
    assert not kinds.is_time("9999-12-31T23:59:59-01:00")
    assert kinds.time_of("2026-11-22T12:00:00+01:00") == datetime(2026, 11, 22, 11, tzinfo=UTC)
