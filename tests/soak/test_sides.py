"""What the fault run reads of both sides: lost, doubled and stuck are seen in real tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from mlops_portal.foundation.shell.models import Job
from mlops_portal.foundation.wire.prediction import prediction_id
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import Prediction, Quarantined, TelemetryBatch, UnapprovedRun, Window
from tests.cast import Cast
from tests.monitoring.ground import DIGEST, Floor, make_floor
from tests.soak import sides
from tests.soak.feeder import Feeder
from tests.soak.node import SoakNode

pytestmark = pytest.mark.django_db(transaction=True)  # a batch is merged after its commit
RELEASES = {"press-1": 1}


@pytest.fixture
def floor(cast: Cast) -> Floor:
    return make_floor(cast)


@pytest.fixture
def feeder(floor: Floor, tmp_path: Path) -> Feeder:
    """Three parts were written into the feed of one press."""
    found = Feeder(tmp_path, seed=1, speed=1)
    found.written += [("node-1", "press-1", f"P{number}", floor.start) for number in range(3)]
    return found


def arrive(floor: Floor, *numbers: int) -> None:
    records = []
    for number in numbers:
        part = f"P{number}"
        key = prediction_id(node="node-1", asset="press-1", part=part, at=floor.start, release="press-1/1")
        records.append(floor.prediction(number, part=part, id=key))
    batch_receive(node=floor.node, body=floor.body(predictions=records))


def test_parts_that_all_arrived_are_good(floor: Floor, feeder: Feeder) -> None:
    arrive(floor, 0, 1, 2)

    found = sides.predictions(feeder, RELEASES, floor.start)

    assert (found.made, found.there, found.good) == (3, 3, True)


def test_a_part_that_did_not_arrive_is_lost(floor: Floor, feeder: Feeder) -> None:
    arrive(floor, 0, 2)

    assert len(sides.predictions(feeder, RELEASES, floor.start).lost) == 1


def test_a_part_that_came_again_under_another_id_is_doubled(floor: Floor, feeder: Feeder) -> None:
    arrive(floor, 0, 1, 2)
    again = Prediction.objects.get(part_id="P1")
    again.pk = "press-1/2 of P1"
    again.save(force_insert=True)

    found = sides.predictions(feeder, RELEASES, floor.start)

    assert (len(found.lost), len(found.doubled)) == (0, 1)


def test_windows_that_hold_a_part_too_many_are_doubled(floor: Floor, feeder: Feeder) -> None:
    batch_receive(node=floor.node, body=floor.body(windows=[floor.window(0, n=3)]))
    assert sides.windows(feeder, floor.start).good

    Window.objects.update(n=4)

    assert sides.windows(feeder, floor.start).doubled == ["press-1: 3 made, 4 there"]


def test_windows_that_lack_a_part_are_lost(floor: Floor, feeder: Feeder) -> None:
    assert sides.windows(feeder, floor.start).lost == ["press-1: 3 made, 0 there"]


def stuck(floor: Floor) -> list[str]:
    return [*sides.stuck_at_portal(floor.start), *sides.stuck_jobs()]


def test_a_batch_that_was_never_merged_is_stuck(floor: Floor) -> None:
    TelemetryBatch.objects.create(node=floor.node, sequence=7, digest="x", received_at=timezone.now())

    assert stuck(floor) == ["batch node-1 7: received "]


@pytest.mark.parametrize("state", [Job.State.QUEUED, Job.State.RUNNING])
def test_a_job_that_did_not_end_is_stuck(floor: Floor, state: str) -> None:
    Job.objects.create(name="labeling.train", title="Train", state=state, created=timezone.now())

    assert len(stuck(floor)) == 1


def test_a_job_that_failed_has_ended(floor: Floor) -> None:
    Job.objects.create(name="x", title="Train", state=Job.State.FAILED, created=timezone.now())

    assert stuck(floor) == []


def test_a_part_that_was_set_aside_is_stuck_and_a_hostile_line_is_not(floor: Floor) -> None:
    for part in ("P1", "X-null", ""):
        Quarantined.objects.create(
            node=floor.node, asset_slug="press-1", part_id=part, check_key="clock", reason="odd",
            at=floor.start + timedelta(seconds=1), digest=part or "none",
        )  # fmt: skip

    assert [one.split(": ")[1] for one in stuck(floor)] == ["press-1 P1  clock"]


def test_a_machine_that_runs_what_nobody_approved_is_stuck(floor: Floor) -> None:
    now = timezone.now()
    UnapprovedRun.objects.create(asset=floor.press, node=floor.node, artifact=DIGEST, since=now, seen_at=now)

    assert len(stuck(floor)) == 1


# ---- at the node ----


def node_with(home: Path, **said: Any) -> Any:
    """As the reader sees it; ``said`` is what the agent's command answers."""
    node = SimpleNamespace(slug="node-1", home=home, status=lambda: said)
    node._store = lambda: SoakNode._store(node)
    node.waits = lambda: SoakNode.waits(node)
    return node


def make_store(home: Path, *statements: str) -> None:
    from edge_sync.agent.disk.store import SCHEMA

    with closing(sqlite3.connect(home / "agent.sqlite3")) as db:
        db.executescript(SCHEMA)
        for one in statements:
            db.execute(one)
        db.commit()


RUNS: dict[str, Any] = {"updates": "possible", "assets": {"press-1": {"release": 1, "stopped": None}}}


def test_a_node_with_nothing_left_is_not_stuck(tmp_path: Path) -> None:
    make_store(tmp_path)

    assert list(sides.stuck_at_nodes([node_with(tmp_path, **RUNS)])) == []


def test_what_waits_or_is_parked_at_a_node_is_stuck(tmp_path: Path) -> None:
    make_store(
        tmp_path,
        "INSERT INTO items (kind, body) VALUES ('predictions', '{}')",
        "INSERT INTO batches (sequence, body) VALUES (1, x'00')",
        "INSERT INTO parked_deliveries (kind, key, body, records, code, sentence, at)"
        " VALUES ('batch', '1', x'00', 1, 'wrong', 'It is wrong.', '2026-12-01')",
        "INSERT INTO open_windows VALUES ('press-1', 'k', '{}')",
    )

    found = list(sides.stuck_at_nodes([node_with(tmp_path, **RUNS)]))

    assert found == [f"node-1: 1 in {name}" for name in ("items", "batches", "parked", "windows")]


def test_a_node_whose_store_or_status_cannot_be_read_is_stuck(tmp_path: Path) -> None:
    found = list(sides.stuck_at_nodes([node_with(tmp_path)]))

    assert found == ["node-1: 1 in store", "node-1: updates stop: its status cannot be read"]


def test_a_machine_on_which_nothing_runs_is_stuck(tmp_path: Path) -> None:
    make_store(tmp_path)
    said = RUNS | {"assets": {"press-1": {"release": None, "stopped": None}}}

    found = list(sides.stuck_at_nodes([node_with(tmp_path, **said)]))

    assert found == ["press-1: runs release None, stopped: None"]
