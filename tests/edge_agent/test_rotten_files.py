"""Whatever rots on the node's disk, the approved model goes on, and no release can be rolled back."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

import pytest

from edge_sync.agent.disk import stop
from tests.edge_agent import faults, models
from tests.edge_agent.world import sha, wait_until


@pytest.fixture
def ran(world):
    """Release 2 runs, release 1 is its fallback; some parts were judged and sent."""
    world.release(models.good(), 1)
    world.start()
    world.exchange()
    judged(world, 12)
    world.release(models.better(), 2, fallback=sha(models.good()))
    world.exchange()
    judged(world, 12)
    assert world.running() == 2
    return world


def judged(world, count):
    """New parts are judged, and every one arrives exactly once."""
    before = {one["part"] for one in world.portal.all("predictions")}
    world.parts(count)
    world.judge()
    world.exchange()
    new = [one["part"] for one in world.portal.all("predictions") if one["part"] not in before]
    assert sorted(new) == sorted(f"P-{world._parts - index}" for index in range(count))


def set_aside(world):
    reports = [one for _n, one in sorted(world.portal.reports.items()) if one["state"] == "set_aside"]
    return [one["reason"] for one in reports]


def ids(world):
    found = {}
    for one in world.portal.all("predictions"):
        found.setdefault((one["part"], one["at"], one["activation"]), set()).add(one["id"])
    return found


SAID = {"store", "settings", "trust root", "key", "what runs", "second copy"}


@pytest.mark.parametrize(
    "what", [one for one in faults.FILES if one not in ("what was installed", "contents")]
)
def test_the_approved_model_goes_on_whatever_rots(ran, what):
    for how in (*faults.HOW, faults.FOLDER) if what == "store" else ("truncated", "foreign", faults.FOLDER):
        ran.end()
        if not faults.rot(ran.home, what, how):
            continue
        ran.start()
        assert ran.running() == 2, how
        judged(ran, 2)
        if what in SAID:
            assert set_aside(ran), how
            assert all(".aside-2" in one or "older" in one for one in set_aside(ran)), how
    assert all(len(found) == 1 for found in ids(ran).values())


def test_a_store_that_rots_while_the_agent_runs_is_told_from_a_full_disk(ran):
    ran.agent.store.close()
    faults.rot(ran.home, "log of the store", faults.GONE)
    faults.rot(ran.home, "store", "foreign")
    ran.parts(1)
    with pytest.raises(sqlite3.DatabaseError):
        ran.judge()


@pytest.mark.parametrize("make", [faults.read_only, faults.another_program])
def test_a_store_that_is_read_only_or_of_another_program_is_set_aside_whole(ran, make):
    ran.end()
    store = ran.home / "agent.sqlite3"
    make(store)
    content = store.read_bytes()
    ran.start()
    (kept,) = [one for one in ran.home.glob("agent.sqlite3.aside-*") if not one.name.endswith(("wal", "shm"))]
    assert kept.read_bytes() == content
    judged(ran, 3)
    assert len(set_aside(ran)) == 1
    assert set_aside(ran)[0].startswith("agent.sqlite3 ")


def test_the_store_of_another_node_sends_nothing_in_this_ones_name(ran):
    ran.end()
    with sqlite3.connect(ran.home / "agent.sqlite3") as db:
        db.execute("UPDATE meta SET value = '\"node-9\"' WHERE key = 'node'")
    db.close()
    ran.start()
    judged(ran, 1)
    assert "is the store of node-9" in set_aside(ran)[0]


def test_with_the_store_gone_every_part_is_the_same_prediction_again(ran):
    before = ids(ran)
    ran.end()
    faults.clear_store(ran.home / "agent.sqlite3")
    ran.start()
    ran.judge()
    ran.exchange()
    again = [one for one in ran.portal.all("predictions") if one["activation"].endswith("/2")]
    after = ids(ran)
    assert len(again) > 12
    assert all(after[one] == found for one, found in before.items())
    assert ran.portal.counted() == ran._parts
    assert set_aside(ran) == ["agent.sqlite3 is gone; it was begun anew, and the feed is read again."]


def test_parts_that_were_judged_but_not_sent_are_not_lost_with_the_store(ran):
    ran.portal.away = True
    ran.parts(5)
    ran.judge()
    ran.end()
    faults.rot(ran.home, "store", "scribbled")
    ran.portal.away = False
    ran.start()
    ran.judge()
    ran.exchange()
    assert {one["part"] for one in ran.portal.all("predictions")} == {
        f"P-{n}" for n in range(1, ran._parts + 1)
    }


def test_windows_that_arrived_are_not_counted_again_with_the_store_gone(ran):
    ran.later(300)
    ran.judge()
    ran.exchange()
    judged(ran, 4)
    ran.end()
    faults.rot(ran.home, "store", "empty")
    ran.start()
    ran.judge()
    ran.later(300)
    ran.judge()
    ran.exchange()
    assert ran.portal.counted() == ran._parts


@pytest.mark.parametrize("lost", [["store"], ["second copy"], ["store", "second copy"]])
def test_a_node_that_lost_its_memory_is_not_rolled_back(ran, lost):
    ran.end()
    for what in lost:
        faults.rot(ran.home, what, "truncated")
    ran.release(models.good(), 1)  # an old approval, still within its time
    ran.start()
    ran.exchange()
    assert ran.running() == 2
    assert ran.last_report()["state"] == "refused"
    assert ran.last_report()["reason"].startswith("old-number")


def test_revocations_outlive_the_store(ran):
    ran.put_roster(revoked=["a-key-that-was-stolen"])
    ran.repository.publish()
    ran.exchange()
    ran.put_roster()  # and the portal would like it forgotten
    ran.repository.publish()
    ran.end()
    faults.rot(ran.home, "store", "foreign")
    ran.start()
    assert "a-key-that-was-stolen" in ran.agent.activations.revoked()


def test_numbers_of_batches_and_reports_go_on_above_those_that_were_used(ran):
    used = max(ran.portal.batches), max(ran.portal.reports)
    ran.end()
    faults.rot(ran.home, "store", "zeroed")
    ran.jump(-86_400)  # and the clock would number lower
    ran.start()
    ran.judge()
    ran.jump(86_400)
    ran.exchange()
    assert max(ran.portal.reports) > used[1]
    assert max(ran.portal.batches) > used[0]
    assert all(
        one > used[1] for one in list(ran.portal.reports) if ran.portal.reports[one]["state"] == "set_aside"
    )


def test_an_older_copy_of_the_store_repeats_no_number_and_forgets_no_release(ran, tmp_path):
    ran.end()
    copy = (ran.home / "agent.sqlite3").read_bytes()
    ran.start()
    ran.release(models.good(), 3, fallback=sha(models.better()))
    ran.exchange()
    judged(ran, 3)
    assert ran.running() == 3
    ran.end()
    faults.clear_store(ran.home / "agent.sqlite3")
    (ran.home / "agent.sqlite3").write_bytes(copy)
    ran.start()
    assert ran.agent.activations.seen("press-3").number == 3
    judged(ran, 3)  # the portal of these tests refuses a number that comes with other content
    assert "older copy" in set_aside(ran)[-1]


def test_a_lost_note_of_what_runs_is_found_again_among_what_was_installed(ran):
    ran.end()
    faults.rot(ran.home, "what runs", faults.GONE)
    ran.start()
    assert ran.running() == 2


def test_rotten_contents_run_nothing_and_are_fetched_again(ran):
    ran.end()
    faults.rot(ran.home, "contents", "scribbled")
    ran.start()
    assert ran.running() is None
    ran.exchange()
    assert ran.running() == 2
    judged(ran, 2)


@pytest.mark.parametrize("how", [faults.GONE, "scribbled"])
@pytest.mark.parametrize("what", ["contents", "what was installed"])
def test_parts_that_come_while_a_release_is_fetched_again_wait_for_it(ran, what, how):
    ran.end()
    faults.rot(ran.home, what, how)
    ran.start()
    before = ids(ran)
    ran.parts(3)
    ran.judge()
    ran.exchange()
    assert ran.running() == 2
    ran.judge()
    ran.exchange()
    new = ids(ran).keys() - before.keys()
    assert sorted(part for part, _at, _activation in new) == [f"P-{ran._parts - back}" for back in (2, 1, 0)]


def test_parts_pass_by_where_a_person_stopped_the_machine_meanwhile(ran):
    ran.end()
    faults.rot(ran.home, "contents", faults.GONE)
    stop.command(ran.home, "stop", "press-3", "wrong fixture")
    ran.start()
    ran.parts(3)
    ran.judge()
    stop.withdraw(ran.home, "stop", "press-3")
    ran.exchange()
    assert ran.running() == 2
    judged(ran, 2)


def test_a_lost_key_is_made_anew_and_parts_wait_until_the_node_is_enrolled(ran):
    ran.end()
    faults.rot(ran.home, "twins", "empty")
    faults.rot(ran.home, "key", "truncated")
    ran.start()
    assert ran.running() == 2
    ran.parts(2)
    ran.judge()
    assert ran.agent.store.db.execute("SELECT count(*) FROM items").fetchone()[0] >= 2
    assert (
        "enrol the node again"
        in ran.agent.store.db.execute("SELECT body FROM reports ORDER BY sequence DESC").fetchone()[0]
    )


def test_settings_that_do_not_fit_leave_the_last_good_ones(ran):
    ran.end()
    written = json.loads((ran.home / "agent.json").read_text())
    (ran.home / "agent.json").write_text(json.dumps(written | {"poll_s": -1}))
    ran.start()
    judged(ran, 1)
    assert "poll_s must be a number above 0" in set_aside(ran)[0]


def test_a_command_that_cannot_be_read_is_a_stop(ran):
    (ran.home / "commands" / "stop-press-3").mkdir(parents=True)
    ran.parts(2)
    before = len(ran.portal.all("predictions"))
    ran.judge()
    ran.exchange()
    assert len(ran.portal.all("predictions")) == before
    assert ran.last_report()["state"] == "stopped"


@pytest.mark.slow
def test_an_agent_whose_store_rots_under_it_begins_anew_by_itself_and_loses_no_part(world):
    world.release(models.good(), 1)
    (world.home / "agent.sqlite3").write_bytes(b"not a store")
    process = world.process()
    try:
        wait_until(lambda: (1, "active") in world.portal.states())
        assert "is no store of this agent" in (world.home / "log").read_text() or set_aside(world)
        world.parts(5)
        wait_until(lambda: len(world.portal.all("predictions")) == 5)
        faults.rot(world.home, "log of the store", "zeroed")
        faults.rot(world.home, "store", "foreign")
        world.now = datetime.now(UTC)
        world.parts(5)
        wait_until(
            lambda: (
                {one["part"] for one in world.portal.all("predictions")}
                == {*map("P-{}".format, range(1, 11))}
            )
        )
        wait_until(lambda: len(set_aside(world)) == 2)
    finally:
        process.terminate()
        assert process.wait() == 0
    assert len({one["id"] for one in world.portal.all("predictions")}) == 10
