"""A feed that was rotated and a store that was lost: what had not arrived is read again, and nothing else."""

from __future__ import annotations

import pytest

from edge_sync.agent.disk import reading
from edge_sync.agent.machine import feed
from tests.edge_agent import faults, models


@pytest.fixture
def ran(world):
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    return world


def rotate(world) -> None:
    for number in range(feed.ROTATIONS, 0, -1):
        name = world.feed.with_name(f"{world.feed.name}.{number}")
        if name.exists():
            name.rename(name.with_name(f"{world.feed.name}.{number + 1}"))
    world.feed.rename(world.feed.with_name(f"{world.feed.name}.1"))


def lose(world) -> None:
    world.end()
    faults.clear_store(world.home / "agent.sqlite3")
    world.start()


def settle(world) -> None:
    world.portal.away = False
    world.judge()
    world.later(300)
    world.judge()
    world.exchange()


def arrived(world) -> list[str]:
    return sorted({one["part"] for one in world.portal.all("predictions")}, key=lambda part: int(part[2:]))


def every(world) -> list[str]:
    return [f"P-{number}" for number in range(1, world._parts + 1)]


@pytest.mark.parametrize("rotations", [1, 2, 4])
def test_parts_that_were_not_sent_are_read_from_the_files_that_were_rotated(ran, rotations):
    ran.parts(4)
    ran.judge()
    ran.exchange()
    ran.portal.away = True
    for _rotation in range(rotations):
        ran.parts(3)
        ran.judge()
        rotate(ran)
        ran.later(1)
    ran.parts(2)
    ran.judge()
    lose(ran)
    settle(ran)
    assert arrived(ran) == every(ran)
    assert ran.portal.counted() == ran._parts


def test_parts_of_a_window_that_was_open_over_a_rotation_are_counted(ran):
    ran.parts(4)
    ran.judge()
    ran.exchange()
    rotate(ran)
    ran.later(1)
    ran.parts(3)
    ran.judge()
    ran.exchange()  # every prediction has arrived, the window has not
    lose(ran)
    settle(ran)
    assert ran.portal.counted() == ran._parts


def test_files_whose_parts_have_arrived_are_not_read_again(ran):
    ran.parts(4)
    settle(ran)
    rotate(ran)
    ran.parts(3)
    settle(ran)
    rotate(ran)
    ran.parts(2)
    settle(ran)
    begun = reading.oldest_unsent(ran.agent.store, "press-3")
    assert ran.agent.remembered.unsent("press-3") == begun
    before = len(ran.portal.all("predictions"))
    lose(ran)
    settle(ran)
    assert len(ran.portal.all("predictions")) == before + 2  # those of the newest file
    assert ran.portal.counted() == ran._parts


def test_more_rotations_than_files_while_the_agent_is_down_lose_only_what_is_gone(ran):
    ran.parts(4)
    settle(ran)
    ran.end()
    for _rotation in range(3):
        rotate(ran)
        ran.later(1)
        ran.parts(3)
    for number in (3, 2):  # the log rotation keeps one
        gone = ran.feed.with_name(f"{ran.feed.name}.{number}")
        kept = gone.read_text() if number == 2 else ""
        gone.unlink()
        if kept:
            gone.write_text(kept)
    ran.start()
    settle(ran)
    assert arrived(ran) == every(ran)
