"""The watch over a new model tells a slow model from a computer that was busy for a moment."""

from __future__ import annotations

import pytest

from edge_sync.agent.machine import judging
from edge_sync.agent.machine.infer import TRIES
from tests.edge_agent import models
from tests.edge_agent.world import sha


class Clock:
    """What each answer of the model takes [s]; then a millisecond."""

    def __init__(self) -> None:
        self.now, self.takes, self._begun = 0.0, [], False

    def perf_counter(self) -> float:
        if self._begun:
            self.now += self.takes.pop(0) if self.takes else 0.001
        self._begun = not self._begun
        return self.now


@pytest.fixture
def watched(world, monkeypatch):
    """A node that has just switched to a good model, and the clock by which its answers are timed."""
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.release(models.better(), 2, fallback=sha(models.good()))
    world.exchange()
    assert world.running() == 2
    world.clock = Clock()
    monkeypatch.setattr(judging, "time", world.clock)
    return world


@pytest.mark.parametrize("parts", [3, 10, 20])
def test_a_stall_while_parts_are_judged_sends_no_good_model_back(watched, parts):
    watched.clock.takes = [8.0]
    watched.parts(parts)
    watched.judge()
    assert watched.running() == 2
    watched.parts(20 - parts)
    watched.judge()
    watched.exchange()
    last = watched.last_report()
    assert (last["number"], last["state"]) == (2, "confirmed")
    assert (last["measures"]["slow"], last["measures"]["asked_again"]) == (0, 1)


def test_two_stalls_one_behind_the_other_send_no_good_model_back(watched):
    watched.clock.takes = [8.0, 4.0]
    watched.parts(5)
    watched.judge()
    assert watched.running() == 2


def test_a_model_that_is_slow_each_time_goes_back(watched):
    watched.clock.takes = [1.0 * 5] * TRIES
    watched.parts(5)
    watched.judge()
    assert watched.running() == 1
    watched.exchange()
    assert watched.last_report()["reason"] == "health: 5 of 5 parts took too long"


def test_a_fast_model_is_not_asked_again(watched):
    watched.parts(20)
    watched.judge()
    watched.exchange()
    assert watched.last_report()["measures"]["asked_again"] == 0
