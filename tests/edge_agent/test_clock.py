"""A node's clock steps, runs ahead, begins at 1970; no part is lost for it, and nothing stops for good."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from edge_sync.agent.sending.transport import Away
from tests.edge_agent import faults, models
from tests.edge_agent.world import HERE


@pytest.fixture
def ran(world):
    """Release 1 runs; ``real`` is the true time, which the portal says only where a test lets it."""
    world.real = lambda: world.now - timedelta(seconds=world.jumped)
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    return world


def truly_timed(world, count):
    """Parts whose gateway has the right time, whatever the node's clock says."""
    clock, world.now = world.now, world.real()
    world.parts(count)
    world.now = clock


def states(world):
    return [
        one["state"] for _n, one in sorted(world.portal.reports.items()) if one["state"].startswith("clock")
    ]


def last_said(world):
    reports = [one for _n, one in sorted(world.portal.reports.items()) if one["state"].startswith("clock")]
    return reports[-1]["reason"]


def polled(world, count):
    truly_timed(world, count)
    world.judge()
    world.judge()


@pytest.mark.parametrize("step", faults.STEPS)
@pytest.mark.parametrize("reached", ["the portal", "nobody"])
def test_truly_timed_parts_are_judged_before_during_and_after_a_step(ran, step, reached):
    if reached == "the portal":
        ran.portal.clock = ran.real
        ran.exchange()
    polled(ran, 2)
    ran.later(10)
    ran.jump(faults.STEPS[step])
    polled(ran, 2)
    ran.later(10)
    polled(ran, 2)
    ran.jump(-faults.STEPS[step])
    polled(ran, 2)
    ran.later(10)
    polled(ran, 2)
    ran.exchange()
    assert len(ran.portal.all("predictions")) == 10
    assert ran.portal.all("quarantined") == []
    assert states(ran) == ["clock_wrong", "clock_right"]


@pytest.mark.parametrize("step", faults.STEPS)
def test_with_the_portals_signed_time_a_node_speaks_and_judges_whatever_its_clock_says(ran, step):
    ran.portal.clock = ran.real
    ran.end()
    ran.jump(faults.STEPS[step])
    ran.start()
    ran.exchange()  # signed by the true time, or the portal would not believe it
    polled(ran, 3)
    ran.exchange()
    assert len(ran.portal.all("predictions")) == 3
    assert states(ran) == ["clock_wrong"]
    assert ("ahead by" if faults.STEPS[step] > 0 else "behind by") in last_said(ran)


def test_after_a_past_jump_updates_go_on_as_soon_as_the_portal_says_that_the_clock_is_right(ran):
    ran.end()
    ran.jump(7200)
    ran.start()
    ran.judge()
    ran.end()
    ran.jump(-7200)
    ran.start()
    ran.release(models.better(), 2)
    ran.exchange()
    assert ran.running() == 1
    assert "clock --right" in ran.agent.store.meta("updates_stop")
    ran.portal.clock = ran.real
    ran.exchange()
    assert ran.running() == 2
    ran.exchange()
    assert last_said(ran).startswith("the clock was ahead by 2 h 0 min until ")


def test_while_the_clock_is_wrong_updates_wait_and_judging_goes_on(ran):
    ran.portal.clock = ran.real
    ran.exchange()
    ran.jump(7200)
    ran.release(models.better(), 2)
    polled(ran, 2)
    ran.exchange()
    assert ran.running() == 1
    assert (
        ran.agent.store.meta("updates_stop") == "the clock is ahead by 2 h 0 min; set it, and updates go on"
    )
    ran.jump(-7200)
    ran.judge()
    ran.exchange()
    assert ran.running() == 2


def test_a_person_at_the_node_says_that_the_clock_is_right_in_one_command(ran):
    ran.end()
    ran.jump(7200)
    ran.start()
    ran.judge()
    ran.end()
    ran.jump(-7200)
    ran.start()
    ran.judge()
    ran.release(models.better(), 2)
    said = [sys.executable, "-m", "edge_sync.agent", "--home", str(ran.home), "clock", "--right"]
    assert subprocess.run(said, cwd=HERE, capture_output=True).returncode == 2, "a reason is needed"
    subprocess.run([*said, "--reason", "Olga, by the station clock"], cwd=HERE, check=True)
    ran.judge()
    ran.exchange()
    assert ran.running() == 2
    ran.exchange()
    assert states(ran)[-1] == "clock_said"
    assert last_said(ran).endswith("Olga, by the station clock")


def test_a_time_that_the_portal_did_not_sign_for_this_question_is_not_believed(ran):
    ran.portal.clock = ran.real
    ran.portal.time_key = ran.repository.keys["line"]  # a thief of another online key, or somebody on the way
    ran.end()
    ran.jump(1800)
    ran.start()
    ran.exchange()
    assert ran.agent.clock.offset is None
    assert states(ran) == []


def test_the_signed_time_alone_revives_nothing_that_has_expired(ran):
    """A thief of the online keys says that it is long ago; the node's own clock says otherwise."""
    ran.portal.clock = lambda: ran.now - timedelta(days=30)
    ran.release(models.better(), 2)
    with pytest.raises(Away):  # signed by that time, its requests are not believed
        ran.exchange()
    assert ran.running() == 1
    ran.portal.clock = ran.real
    ran.exchange()
    assert ran.running() == 2


def test_rows_are_not_forgotten_by_a_clock_that_runs_years_ahead(ran):
    ran.portal.clock = ran.real
    polled(ran, 2)
    ran.jump(400 * 86_400)
    ran.judge()
    ran.agent._forgot = float("-inf")
    ran.exchange()
    assert ran.agent.store.db.execute("SELECT count(*) FROM kept_rows").fetchone()[0] == 2


def test_the_state_of_the_clock_can_be_asked_for_at_the_node(ran):
    ran.portal.clock = ran.real
    ran.exchange()
    ran.jump(7200)
    ran.judge()
    asked = [sys.executable, "-m", "edge_sync.agent", "--home", str(ran.home), "clock"]
    said = subprocess.run(asked, cwd=HERE, check=True, capture_output=True, text=True).stdout
    assert "the clock is ahead by 2 h 0 min" in said
