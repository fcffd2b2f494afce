import pytest

from tests.edge_agent import models
from tests.edge_agent.world import sha


@pytest.fixture
def brittle(world):
    """A node that has just switched to a model that passes its golden samples and fails on real parts."""
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    world.parts(20)
    world.judge()
    world.release(models.brittle(), 2, fallback=sha(models.good()))
    world.exchange()
    assert world.running() == 2
    return world


def test_a_model_that_fails_on_the_machine_gives_way_to_the_approved_fallback(brittle):
    brittle.parts(5, force=950)
    brittle.judge()
    assert brittle.running() == 1
    brittle.exchange()
    last = brittle.last_report()
    assert (last["number"], last["state"]) == (2, "fallen_back")
    assert last["reason"] == "health: 5 of 5 parts got no valid judgement"
    assert {one["check"] for one in brittle.portal.all("quarantined")} == {"output"}


def test_the_release_that_fell_back_does_not_come_again(brittle):
    brittle.parts(5, force=950)
    brittle.judge()
    brittle.exchange()
    brittle.restart()
    brittle.exchange()
    assert brittle.running() == 1
    assert brittle.portal.states().count((2, "active")) == 1


def test_the_way_back_needs_no_network(brittle):
    brittle.portal.away = True
    brittle.parts(5, force=950)
    brittle.judge()
    brittle.parts(3)
    brittle.judge()
    assert brittle.running() == 1
    brittle.portal.away = False
    brittle.exchange()
    assert brittle.portal.all("predictions")[-1]["activation"] == "press-3/1"


def test_a_watch_goes_on_after_a_restart(brittle):
    brittle.parts(1, force=950)
    brittle.judge()
    brittle.parts(4)
    brittle.judge()
    assert brittle.running() == 2
    brittle.restart()
    brittle.parts(1, force=950)
    brittle.judge()
    assert brittle.running() == 1


def test_without_a_fallback_nothing_runs(world):
    world.release(models.brittle(), 1)
    world.start()
    world.exchange()
    world.parts(5, force=950)
    world.judge()
    assert world.running() is None
    world.restart()
    assert world.running() is None


def test_an_altered_artifact_on_the_disk_is_not_run_and_is_fetched_again(brittle):
    place = brittle.home / "files" / sha(models.brittle())
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    brittle.restart()
    assert brittle.running() == 1
    brittle.exchange()
    assert any(one["reason"].startswith("start: the artifact") for one in brittle.portal.reports.values())
    assert brittle.running() == 2


def test_a_restart_without_network_runs_what_was_accepted_even_much_later(brittle):
    brittle.portal.away = True
    brittle.later(400 * 86_400)
    brittle.restart()
    assert brittle.running() == 2
    brittle.parts(3)
    brittle.judge()
    assert brittle.agent.store.db.execute("SELECT count(*) FROM items").fetchone()[0] >= 3


def test_a_power_cut_while_going_back_is_mended_at_the_start(brittle):
    shelf = brittle.agent.shelf
    shelf.switch(shelf.before("press-3", 2)[0])
    brittle.restart()
    assert brittle.running() == 1
    brittle.exchange()
    assert brittle.portal.states()[-1] == (2, "fallen_back")
