"""No line of a feed stops the next one: it is set aside alone, counted, and reported with its reason."""

from __future__ import annotations

import json

import pytest

from edge_sync.agent.disk import outbox
from edge_sync.agent.machine.recording import Recorder
from tests.edge_agent import faults, models


@pytest.fixture
def ran(world):
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    return world


def put(world, *lines):
    with world.feed.open("ab") as file:
        file.write(b"".join(line + b"\n" for line in lines))


def test_every_hostile_line_is_set_aside_alone_and_the_parts_around_it_are_judged(ran):
    hostile = list(faults.hostile_lines(ran.now.isoformat()))
    for _name, line in hostile:
        ran.parts(1)
        put(ran, line)
    ran.parts(1)
    ran.judge()
    ran.exchange()
    assert [one["part"] for one in ran.portal.all("predictions")] == [
        f"P-{number}" for number in range(1, len(hostile) + 2)
    ]
    quarantined = ran.portal.all("quarantined")
    assert len(quarantined) == len(hostile)
    assert all(one["reason"] for one in quarantined)
    assert ran.agent.store.meta("set_aside:press-3") == len(hostile)


@pytest.mark.parametrize("name", ["earlier", "_keep_row", "_window_of"])
def test_a_record_that_breaks_a_step_nobody_foresaw_is_set_aside_alone(ran, monkeypatch, name):
    before = getattr(Recorder, name)

    def breaking(self, *args, **more):
        if any("P-4" in str(one) for one in args):
            raise RecursionError("too deep")
        return before(self, *args, **more)

    monkeypatch.setattr(Recorder, name, breaking)
    ran.parts(6)
    ran.judge()
    ran.later(120)
    ran.judge()
    ran.exchange()
    assert [one["part"] for one in ran.portal.all("predictions")] == ["P-1", "P-2", "P-3", "P-5", "P-6"]
    (one,) = ran.portal.all("quarantined")
    assert one["check"] == "broken"
    assert "RecursionError" in one["reason"]
    assert sum(one["n"] for one in ran.portal.all("windows")) == 5


def test_a_window_that_cannot_be_sent_stops_no_part(ran, monkeypatch):
    before = outbox.put

    def breaking(store, kind, record):
        if kind == "windows":
            raise ValueError("Out of range float values are not JSON compliant")
        before(store, kind, record)

    monkeypatch.setattr(outbox, "put", breaking)
    ran.parts(3)
    ran.judge()
    ran.later(120)
    ran.parts(2)
    ran.judge()
    ran.later(120)
    ran.judge()
    ran.exchange()
    assert len(ran.portal.all("predictions")) == 5
    assert {one["check"] for one in ran.portal.all("quarantined")} == {"broken"}


def test_one_machine_whose_feed_cannot_be_read_holds_up_no_other(world):
    world.write_config(assets={"press-2": "press", "press-3": "press"})
    world.release(models.good(), 1)
    world.feed.with_name("press-2.jsonl").mkdir()
    world.start()
    world.exchange()
    world.parts(3)
    world.judge()
    world.exchange()
    assert len(world.portal.all("predictions")) == 3


def test_two_equal_lines_are_one_part(ran):
    line = json.dumps(faults.record("X-1", ran.now.isoformat())).encode()
    put(ran, line, line)
    ran.judge()
    put(ran, line)
    ran.judge()
    ran.later(120)
    ran.judge()
    ran.exchange()
    assert len(ran.portal.all("predictions")) == 1
    assert sum(one["n"] for one in ran.portal.all("windows")) == 1
    assert ran.portal.all("quarantined") == []
    assert ran.agent.store.meta("repeated:press-3") == 2


def test_the_same_part_at_the_same_time_with_other_readings_is_set_aside(ran):
    at = ran.now.isoformat()
    other = faults.record("X-1", at, readings={"force": 790.0, "power": 23.0})
    put(ran, json.dumps(faults.record("X-1", at)).encode(), json.dumps(other).encode())
    ran.judge()
    ran.exchange()
    assert len(ran.portal.all("predictions")) == 1
    assert [one["check"] for one in ran.portal.all("quarantined")] == ["repeat"]


def test_a_feed_that_is_put_back_from_a_backup_doubles_no_part(ran):
    ran.parts(5)
    ran.judge()
    backup = ran.feed.read_bytes()
    ran.later(600)
    ran.parts(5)
    ran.judge()
    ran.feed.write_bytes(backup)
    ran.judge()
    ran.exchange()
    assert len({one["id"] for one in ran.portal.all("predictions")}) == 10
    assert len(ran.portal.all("predictions")) == 10
    assert ran.portal.all("quarantined") == []
