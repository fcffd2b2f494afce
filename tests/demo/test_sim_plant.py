"""The simulated plant makes the same parts again, in any portions, and goes on after a stop."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import timedelta
from itertools import islice, pairwise

import pytest

from mlops_portal.above.demo.sim.catalogue import ASSETS
from mlops_portal.above.demo.sim.plant import START, Plant

EACH = pytest.mark.parametrize("asset", ["press-4", "mill-5"])


def value(part, key):
    number = part.readings[key]
    assert number is not None
    return number


@EACH
def test_one_seed_makes_one_sequence_of_parts(asset):
    assert Plant(7).run(asset, 300) == Plant(7).run(asset, 300)


@EACH
def test_another_seed_makes_other_parts(asset):
    assert Plant(7).run(asset, 50) != Plant(8).run(asset, 50)


@EACH
def test_part_by_part_equals_all_at_once(asset):
    stepping = Plant(3)
    assert [stepping.step(asset) for _ in range(1500)] == Plant(3).run(asset, 1500)


@EACH
@pytest.mark.parametrize("disturbances", [[], ["tool_wear", "sensor_stuck"]])
def test_parts_that_nobody_looks_at_change_nothing_of_the_others(asset, disturbances):
    """The first of each eight is inspected; a sensor that sticks shows what it saw in between."""
    seen, whole = Plant(5), Plant(5)
    for plant in (seen, whole):
        for one in disturbances:
            plant.switch_on(one, asset, reading="vibration" if one == "sensor_stuck" else "")
    assert seen.inspected(asset, 100, 8) == whole.run(asset, 800)[::8]
    assert seen.snapshot() == whole.snapshot()


def test_one_asset_does_not_care_how_many_parts_another_made():
    busy = Plant(3)
    busy.run("press-1", 500)
    assert busy.run("press-4", 200) == Plant(3).run("press-4", 200)


@EACH
def test_a_stopped_plant_goes_on_with_the_same_numbers(asset):
    whole, stopped = Plant(5), Plant(5)
    for plant in (whole, stopped):
        plant.switch_on("tool_wear", asset)
        plant.switch_on("sensor_stuck", asset, reading="vibration")
        plant.switch_on("new_lot", asset, at=START + timedelta(hours=1))
        plant.run(asset, 150)
    resumed = Plant.restore(json.loads(json.dumps(stopped.snapshot())))
    assert resumed.run(asset, 800) == whole.run(asset, 800)
    assert resumed.snapshot() == whole.snapshot()


def test_a_restored_plant_leaves_its_snapshot_as_it_was():
    snapshot = Plant(5).snapshot()
    before = json.dumps(snapshot)
    Plant.restore(snapshot).run("press-2", 50)
    assert json.dumps(snapshot) == before


def test_a_snapshot_of_another_format_is_refused():
    with pytest.raises(ValueError, match="format 99"):
        Plant.restore({**Plant(1).snapshot(), "format": 99})


def test_parts_of_all_assets_come_in_the_order_of_time():
    made = list(Plant(2).until(START + timedelta(hours=1)))
    times = [truth.made for _, truth in made]
    assert times == sorted(times)
    assert {part.asset for part, _ in made} == set(ASSETS)
    assert times[-1] <= (START + timedelta(hours=1)).timestamp()


def test_ids_count_up_behind_the_number_of_the_asset():
    ids = [part.id for part, _ in Plant(2).run("press-4", 3)]
    assert ids == ["4-20600", "4-20601", "4-20602"]


def test_a_part_holds_nothing_of_its_truth():
    part, truth = Plant(2).step("press-4")
    assert not {"defect", "chances", "state"} & set(part.__slots__)
    assert truth.part == part.id
    assert 20 <= truth.delay <= 240
    assert truth.made == pytest.approx(part.time.timestamp(), abs=1)


def test_every_asset_works_in_all_three_shifts_and_pauses_in_each():
    made = Plant(2).run("press-1", 9000)
    assert set(Counter(part.shift for part, _ in made)) == {"early", "late", "night"}
    gaps = [b.stamped - a.stamped for (a, _), (b, _) in pairwise(made)]
    assert sum(1200 <= gap < 1300 for gap in gaps) >= 3


def test_never_do_all_assets_pause_at_once():
    made = list(Plant(2).until(START + timedelta(hours=8)))
    times = [truth.made for _, truth in made]
    assert max(b - a for a, b in pairwise(times)) < 60


def test_tools_lots_and_recipes_change_in_time():
    made = [part for part, _ in Plant(2).run("press-3", 9000)]
    assert len({part.tool for part in made}) >= 3
    assert len({part.lot for part in made}) >= 8
    assert {part.recipe for part in made} == {"A", "B"}


def test_a_new_tool_starts_its_strokes_again():
    made = [part for part, _ in Plant(2).run("press-3", 5000)]
    change = next(i for i in range(1, len(made)) if made[i].tool != made[i - 1].tool)
    assert value(made[change], "tool_strokes") == 0
    assert value(made[change - 1], "tool_strokes") > 3000


def test_after_a_stop_the_machine_is_cold_and_warms_up():
    plant = Plant(2)
    plant.run("press-1", 300)
    warm = value(plant.step("press-1")[0], "die_temperature")
    plant.stand_until(plant.next_at("press-1") + timedelta(hours=3))
    after = [value(part, "die_temperature") for part, _ in plant.run("press-1", 300)]
    assert after[0] < warm - 10
    assert after[-1] > after[0] + 10


def test_standing_until_a_time_in_the_past_changes_nothing():
    plant, other = Plant(2), Plant(2)
    plant.stand_until(START - timedelta(hours=1))
    assert plant.snapshot() == other.snapshot()


def test_the_part_counted_next_is_done_when_the_plant_says_so():
    plant = Plant(2)
    due = plant.next_at("mill-6")
    assert abs(plant.step("mill-6")[0].time - due) < timedelta(milliseconds=1)


def test_it_makes_more_than_two_thousand_parts_a_second():
    plant = Plant(2)
    plant.run("press-1", 100)
    begun = time.process_time()
    list(islice(plant.until(START + timedelta(days=2)), 4000))
    assert 4000 / (time.process_time() - begun) > 2000
