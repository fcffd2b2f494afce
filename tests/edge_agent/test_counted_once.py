"""Every part is counted in a window once, wherever the node's memory ends."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from edge_sync.agent.machine import windows
from edge_sync.agent.sending.transport import Away
from tests.edge_agent import faults, models


@pytest.fixture
def ran(world):
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    return world


def work(world, count: int) -> None:
    world.parts(count)
    world.judge()


def unheard(world) -> None:
    """What is sent arrives, and the node does not hear of it."""
    world.portal.swallow = True
    with suppress(Away):
        world.exchange()
    world.portal.swallow = False


def lose(world) -> None:
    world.end()
    faults.clear_store(world.home / "agent.sqlite3")
    world.start()


def settle(world) -> None:
    """Everything is over, and everything has arrived."""
    world.judge()
    world.later(300)
    world.judge()
    world.exchange()


def test_a_store_lost_between_a_delivery_and_its_note_counts_no_window_twice(ran):
    work(ran, 6)
    ran.later(300)
    ran.judge()
    unheard(ran)
    assert ran.portal.counted() == 6
    lose(ran)
    settle(ran)
    assert ran.portal.counted() == ran._parts


def test_parts_that_come_late_to_a_window_that_arrived_are_counted_with_the_store_lost(ran):
    work(ran, 4)
    ran.later(300)
    ran.judge()
    ran.exchange()
    ran.parts(3, at=(ran.now - timedelta(seconds=290)).isoformat())
    ran.judge()
    lose(ran)
    settle(ran)
    assert ran.portal.counted() == ran._parts


def test_an_older_copy_of_the_store_counts_the_parts_of_its_open_window_once(ran):
    work(ran, 3)
    ran.end()
    copy = (ran.home / "agent.sqlite3").read_bytes()
    ran.start()
    work(ran, 4)
    ran.later(300)
    ran.judge()
    ran.exchange()
    ran.end()
    faults.clear_store(ran.home / "agent.sqlite3")
    (ran.home / "agent.sqlite3").write_bytes(copy)
    ran.start()
    work(ran, 2)
    settle(ran)
    assert ran.portal.counted() == ran._parts


def test_a_window_of_very_many_parts_is_sent_in_pieces_and_pairs_across_them_are_counted(ran, monkeypatch):
    monkeypatch.setattr("edge_sync.agent.machine.recording.LARGEST_PIECE", 4)
    for _step in range(5):
        work(ran, 3)
    settle(ran)
    assert ran.portal.counted() == 15
    assert max(one["n"] for one in ran.portal.all("windows")) <= 6
    same = ran.portal.all("windows")
    pairs = sum(next(iter(one["moments"].values()))[4] for one in same)
    assert pairs == 15 - len({one["starts"] for one in same})
    assert windows.LARGEST_PIECE * 22 < 1 << 18


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_lost_and_whenever_every_part_is_counted_once(ran, seed):
    chance = random.Random(seed)
    copy: bytes | None = None
    for _step in range(9):
        match chance.choice(["work", "work", "late", "send", "unheard", "lose", "copy", "back"]):
            case "work":
                work(ran, chance.randint(1, 5))
            case "late":
                ran.later(chance.choice([40, 90]))
                ran.judge()
            case "send":
                ran.exchange()
            case "unheard":
                unheard(ran)
            case "lose":
                lose(ran)
            case "copy":
                ran.end()
                copy = (ran.home / "agent.sqlite3").read_bytes()
                ran.start()
            case "back" if copy is not None:
                ran.end()
                faults.clear_store(ran.home / "agent.sqlite3")
                (ran.home / "agent.sqlite3").write_bytes(copy)
                ran.start()
    work(ran, 1)
    settle(ran)
    settle(ran)
    assert ran.portal.counted() == ran._parts
