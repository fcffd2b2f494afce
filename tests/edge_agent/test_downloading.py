from tests.edge_agent import models
from tests.edge_agent.world import sha, wait_until


def test_a_download_that_breaks_off_goes_on_where_it_stopped(world):
    artifact = models.better()
    world.portal.cuts = [70_000, 70_000]
    world.release(artifact, 1)
    world.start()
    world.exchange()
    assert world.running() == 1
    starts = [int(one.removeprefix("bytes=").removesuffix("-")) for one in world.portal.ranges]
    assert starts == sorted(set(starts))
    assert len(starts) == 2
    assert starts[0] >= 65_536


def test_a_download_that_always_breaks_off_is_taken_up_the_next_time(world):
    world.portal.cuts = [10] * 5
    world.release(models.better(), 1)
    world.start()
    world.exchange()
    assert "broke off" in world.agent.store.meta("updates_stop")
    world.exchange()
    assert world.running() == 1


def test_a_power_cut_in_a_download_keeps_what_was_there(world):
    world.portal.stall.set()
    world.release(models.better(), 1)
    process = world.process()
    try:
        wait_until(world.portal.stalled.is_set)
        partial = world.home / "tuf" / "partial"
        wait_until(lambda: any(one.stat().st_size for one in partial.glob("*") if not one.suffix))
    finally:
        process.kill()
        process.wait()
    world.portal.stall.clear()
    world.portal.go_on.set()
    world.start()
    world.exchange()
    assert world.running() == 1
    assert int(world.portal.ranges[-1].removeprefix("bytes=").removesuffix("-")) >= 65_536


def test_a_partial_file_of_something_else_is_thrown_away(world):
    world.portal.cuts = [70_000] * 5
    world.release(models.better(), 1)
    world.start()
    world.portal.cuts = [70_000, 0, 0, 0, 0]
    world.exchange()
    (partial,) = (one for one in (world.home / "tuf" / "partial").glob("*") if not one.suffix)
    partial.write_bytes(bytes(partial.stat().st_size))
    world.exchange()
    assert world.running() == 1
    assert world.agent.kept.get(sha(models.better())) == models.better()
