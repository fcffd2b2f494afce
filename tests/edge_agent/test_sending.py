"""Store and forward: what a node records arrives once and in order, whatever the line does."""

import json
import sqlite3

import pytest

from edge_sync.agent.disk import outbox
from edge_sync.agent.sending import parking
from edge_sync.agent.sending.transport import Away, Backoff
from mlops_portal.foundation.wire import telemetry
from tests.edge_agent import models


@pytest.fixture
def ran(world):
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    return world


def parts_of(world):
    return [one["part"] for one in world.portal.all("predictions")]


def test_windows_close_by_time_and_lot_and_hold_every_part(ran):
    ran.parts(30, lot="L1")
    ran.parts(12, lot="L2")
    ran.judge()
    ran.later(200)
    ran.judge()
    ran.exchange()
    windows = ran.portal.all("windows")
    by_lot = {lot: sum(one["n"] for one in windows if one["lot"] == lot) for lot in ("L1", "L2")}
    assert by_lot == {"L1": 30, "L2": 12}
    assert {one["activation"] for one in windows} == {"press-3/1"}


def test_a_recipe_has_windows_of_its_own(ran):
    ran.parts(20, recipe="A")
    ran.parts(8, recipe="B")
    ran.judge()
    ran.later(200)
    ran.judge()
    ran.exchange()
    by_recipe = {"A": 0, "B": 0}
    for one in ran.portal.all("windows"):
        by_recipe[one["recipe"]] += one["n"]
    assert by_recipe == {"A": 20, "B": 8}


def test_what_was_recorded_while_the_portal_was_away_arrives_once_and_in_order(ran):
    ran.portal.away = True
    for _round in range(5):
        ran.parts(40)
        ran.judge()
        with pytest.raises(Away):
            ran.exchange()
    ran.restart()
    ran.portal.away = False
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 201)]
    assert sorted(ran.portal.batches) == list(ran.portal.batches)


def test_an_answer_that_is_lost_repeats_the_very_same_batch(ran):
    ran.parts(10)
    ran.judge()
    ran.portal.swallow = True
    for _attempt in range(3):
        with pytest.raises(Away):
            ran.exchange()
    ran.portal.swallow = False
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 11)]


def test_a_batch_that_is_refused_for_good_is_put_aside_and_holds_up_nothing(ran):
    ran.parts(10)
    ran.judge()
    ran.portal.refuse = 1
    ran.exchange()
    ran.parts(10)
    ran.judge()
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(11, 21)]
    (one,) = parking.parked(ran.agent.store)
    assert (one["kind"], one["code"]) == ("telemetry", "batch-unfit")
    assert one["records"] >= 10
    assert ran.portal.parked["parked"] == [one]


def test_no_batch_is_larger_than_allowed(ran):
    store = ran.agent.store
    with store.transaction():
        for number in range(3000):
            record = {"line": "x" * 1000}
            said = {"asset": "press-3", "part": str(number), "check": "format", "reason": "r"}
            outbox.put(store, "quarantined", said | {"record": record, "at": ran.now.isoformat()})
    ran.exchange()
    sizes = [len(json.dumps(one)) for one in ran.portal.batches.values()]
    assert len(sizes) >= 3
    assert max(sizes) <= telemetry.LARGEST * 1.1  # written anew here, with spaces
    assert [one["part"] for one in ran.portal.all("quarantined")] == [str(n) for n in range(3000)]


def test_sampled_rows_carry_their_readings_and_reason(world):
    world.write_config(random_share=1.0)
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(8)
    world.judge()
    world.exchange()
    rows = world.portal.all("rows")
    assert {(one["reason"], one["inclusion_probability"]) for one in rows} == {("random", 1.0)}
    assert {one["id"] for one in rows} == {one["id"] for one in world.portal.all("predictions")}
    assert set(rows[0]["readings"]) == {"force", "power"}


def test_a_row_that_the_portal_wants_is_sent_once_with_its_pictures(world):
    world.write_config(random_share=1e-9, uncertain_share=1e-9, out_share=1e-9, camera=f"{world.portal.url}/")
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(5)
    world.judge()
    world.exchange()
    wanted = world.portal.all("predictions")[2]["id"]
    world.portal.wanted = [wanted, "node-2:unknown"]
    for _round in range(3):
        world.exchange()
    assert [(one["id"], one["reason"]) for one in world.portal.all("rows")] == [(wanted, "requested")]
    assert sorted(world.portal.pictures) == [
        f"/api/v1/edge/pictures/{wanted}/{view}" for view in ("colour", "depth")
    ]


def test_odd_records_are_sent_apart_and_stand_in_no_window(ran):
    ran.parts(6)
    ran.parts(2, at="2040-01-01T00:00:00+00:00")
    ran.judge()
    ran.later(200)
    ran.judge()
    ran.exchange()
    assert {one["check"] for one in ran.portal.all("quarantined")} == {"clock"}
    assert sum(one["n"] for one in ran.portal.all("windows")) == 6


def test_rows_are_kept_for_the_days_of_the_setting(ran):
    ran.parts(4)
    ran.judge()
    ran.later(31 * 86_400)
    ran.agent.uplink.forget(ran.now)
    assert ran.agent.store.db.execute("SELECT count(*) FROM kept_rows").fetchone() == (0,)


def test_every_commit_is_written_through_to_the_disk(ran):
    assert ran.agent.store.db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert ran.agent.store.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_full_disk_loses_no_part(ran, monkeypatch):
    ran.parts(5)

    def full(*_args, **_more):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "put", full)
        ran.judge()
    ran.later(1)
    ran.judge()
    ran.later(200)
    ran.judge()
    ran.exchange()
    assert parts_of(ran) == [f"P-{number}" for number in range(1, 6)]
    assert sum(one["n"] for one in ran.portal.all("windows")) == 5


def test_waits_grow_are_spread_and_end():
    backoff = Backoff(1.0, 60.0)
    waits = [backoff.failed() for _attempt in range(200)]
    assert all(0.5 <= wait <= 60 for wait in waits)
    assert len(set(waits[20:])) > 100
    backoff.succeeded()
    assert backoff.failed() <= 2
