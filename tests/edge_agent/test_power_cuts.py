"""kill -9, again and again: no part is lost, none is counted twice."""

import signal
import threading
from datetime import UTC, datetime

import pytest

from tests.edge_agent import models
from tests.edge_agent.world import sha, wait_until


@pytest.mark.slow
def test_power_cuts_lose_no_part_and_count_none_twice(world):
    world.release(models.good(), 1)
    feeding, pace = threading.Event(), threading.Event()

    def feed():
        while not feeding.is_set():
            world.now = datetime.now(UTC)
            world.parts(3, force=800 + world._parts % 20)
            pace.wait(0.02)

    writer = threading.Thread(target=feed)
    process = world.process()
    try:
        wait_until(lambda: (1, "active") in world.portal.states())
        writer.start()
        for cut in range(6):
            before = len(world.portal.all("predictions"))
            due = before + 17 * cut
            wait_until(lambda due=due: len(world.portal.all("predictions")) > due)
            if cut == 3:
                world.release(models.better(), 2, fallback=sha(models.good()))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = world.process()
        feeding.set()
        writer.join()
        made = world._parts
        wait_until(lambda: len(world.portal.all("predictions")) >= made)
        wait_until(lambda: (2, "confirmed") in world.portal.states())
    finally:
        feeding.set()
        process.terminate()
        process.wait()
    world.later(600)
    world.start()
    world.judge()
    world.exchange()
    predictions = world.portal.all("predictions")
    assert [one["part"] for one in predictions] == [f"P-{number}" for number in range(1, made + 1)]
    assert len({one["id"] for one in predictions}) == made
    assert sum(one["n"] for one in world.portal.all("windows")) == made
    states = world.portal.states()
    assert len(states) == len(set(states))
    assert world.running() == 2
