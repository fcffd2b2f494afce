"""A disturbance moves what it says it moves, from when it is on until it is off, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES, ASSETS
from mlops_portal.above.demo.sim.disturbances import DISTURBANCES
from mlops_portal.above.demo.sim.plant import START, Plant

PROCESS = [(key, asset) for key, one in DISTURBANCES.items() if one.moves for asset in ("press-4", "mill-5")]
N = 600


def runs(disturbance, asset, n=N, **how):
    """The same parts twice: undisturbed, and with the disturbance from part 100 on."""
    calm, disturbed = Plant(4), Plant(4)
    before, same = calm.run(asset, 100), disturbed.run(asset, 100)
    assert before == same
    disturbed.switch_on(disturbance, asset, **how)
    return calm.run(asset, n), disturbed.run(asset, n)


def moved(calm, disturbed):
    """Keys of the readings that differ in any part."""
    return {
        key
        for (one, _), (other, _) in zip(calm, disturbed, strict=True)
        for key in one.readings
        if one.readings[key] != other.readings[key]
    }


def mean(made, key):
    values = [part.readings[key] for part, _ in made if part.readings[key] is not None]
    return sum(values) / len(values)


@pytest.mark.parametrize(("disturbance", "asset"), PROCESS)
def test_a_process_disturbance_moves_its_readings_and_no_other(disturbance, asset):
    named = set(DISTURBANCES[disturbance].moves[ASSETS[asset].type])
    assert moved(*runs(disturbance, asset)) == named


@pytest.mark.parametrize(
    ("disturbance", "kind", "defect"),
    [(k, kind, d) for k, one in DISTURBANCES.items() for kind, some in one.raises.items() for d in some],
)
def test_it_raises_the_defects_that_it_names(disturbance, kind, defect):
    asset = "press-4" if kind == "press" else "mill-5"
    calm, disturbed = runs(disturbance, asset, 3000)
    expected = [sum(truth.chances[defect] for _, truth in made) for made in (calm, disturbed)]
    assert expected[1] > 1.15 * expected[0]


@pytest.mark.parametrize("disturbance", ["power_step", "sensor_drift", "sensor_stuck", "clock_off"])
@pytest.mark.parametrize("asset", ["press-4", "mill-5"])
def test_one_that_names_no_defect_leaves_every_part_as_it_was(disturbance, asset):
    reading = "vibration" if DISTURBANCES[disturbance].needs_reading else ""
    calm, disturbed = runs(disturbance, asset, reading=reading)
    assert [truth.chances for _, truth in calm] == [truth.chances for _, truth in disturbed]
    assert [truth.defect for _, truth in calm] == [truth.defect for _, truth in disturbed]


def test_a_drifting_sensor_moves_its_reading_alone_and_ever_further():
    calm, disturbed = runs("sensor_drift", "press-4", reading="hydraulic_pressure")
    assert moved(calm, disturbed) == {"hydraulic_pressure"}
    early, late = (
        mean(disturbed[part], "hydraulic_pressure") - mean(calm[part], "hydraulic_pressure")
        for part in (slice(0, 50), slice(N - 50, N))
    )
    tolerance = ASSET_TYPES["press"].reading("hydraulic_pressure").tolerance
    assert early < tolerance < late
    assert late == pytest.approx(4 * tolerance, rel=0.1)


def test_twice_the_strength_drifts_twice_as_far():
    shifts = []
    for strength in (1.0, 2.0):
        calm, disturbed = runs("sensor_drift", "mill-5", reading="coolant_flow", strength=strength)
        shifts.append(mean(disturbed, "coolant_flow") - mean(calm, "coolant_flow"))
    assert shifts[1] == pytest.approx(2 * shifts[0], rel=0.05)


def test_a_stuck_sensor_repeats_one_value_until_it_is_switched_off():
    plant = Plant(4)
    event = plant.switch_on("sensor_stuck", "press-4", reading="lubricant")
    held = {part.readings["lubricant"] for part, _ in plant.run("press-4", 200)}
    plant.switch_off(event.id)
    free = {part.readings["lubricant"] for part, _ in plant.run("press-4", 200)}
    assert len(held) == 1
    assert len(free) > 5


def test_a_clock_that_runs_off_moves_the_time_stamps_alone():
    calm, disturbed = runs("clock_off", "press-4")
    assert moved(calm, disturbed) == set()
    ahead = [b.stamped - a.stamped for (a, _), (b, _) in zip(calm, disturbed, strict=True)]
    assert ahead == sorted(ahead)
    assert 120 <= ahead[0] < ahead[-1]
    assert [truth.made for _, truth in calm] == [truth.made for _, truth in disturbed]


def test_a_hidden_change_moves_no_reading_but_breaks_more_parts():
    calm, disturbed = runs("hidden_change", "press-4", 3000)
    assert moved(calm, disturbed) == set()
    cracks = [Counter(truth.defect for _, truth in made)["crack"] for made in (calm, disturbed)]
    assert cracks[1] > 1.3 * cracks[0]


def test_a_new_lot_carries_a_new_number_and_goes_when_it_is_switched_off():
    plant = Plant(4)
    before = plant.step("press-4")[0].lot
    event = plant.switch_on("new_lot", "press-4")
    during = plant.run("press-4", 100)
    plant.switch_off(event.id)
    after = plant.run("press-4", 100)
    assert len({before, during[0][0].lot, after[0][0].lot}) == 3
    assert mean(during, "sheet_hardness") > mean(after, "sheet_hardness") + 3


def test_a_recipe_change_shows_the_new_letter():
    _, disturbed = runs("recipe_change", "mill-5", 50)
    assert {part.recipe for part, _ in disturbed} == {"M"}


def test_worn_tools_do_not_show_in_the_strokes():
    calm, disturbed = runs("tool_wear", "press-4")
    assert mean(disturbed, "acoustic_emission") > mean(calm, "acoustic_emission") + 1
    assert mean(disturbed, "tool_strokes") == mean(calm, "tool_strokes")


def test_it_begins_and_ends_at_the_times_given():
    calm, plant = Plant(4), Plant(4)
    on, off = START + timedelta(hours=1), START + timedelta(hours=2)
    plant.switch_on("power_step", "press-4", at=on, until=off)
    for (one, truth), (other, _) in zip(calm.run("press-4", 800), plant.run("press-4", 800), strict=True):
        during = on.timestamp() <= truth.made < off.timestamp()
        if one.readings["motor_power"] is not None:
            assert (one.readings["motor_power"] != other.readings["motor_power"]) == during


def test_other_assets_feel_nothing():
    calm, plant = Plant(4), Plant(4)
    plant.switch_on("new_lot", "press-4")
    plant.run("press-4", 50)
    assert plant.run("press-3", 200) == calm.run("press-3", 200)


def test_two_disturbances_act_together():
    plant = Plant(4)
    plant.switch_on("power_step", "press-4")
    plant.switch_on("sensor_stuck", "press-4", reading="vibration")
    made = plant.run("press-4", 100)
    assert mean(made, "motor_power") > 24.7
    assert len({part.readings["vibration"] for part, _ in made}) == 1


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"disturbance": "sensor_drift"}, ValueError),
        ({"disturbance": "tool_wear", "reading": "vibration"}, ValueError),
        ({"disturbance": "tool_wear", "strength": 0}, ValueError),
        ({"disturbance": "tool_wear", "strength": float("nan")}, ValueError),
        ({"disturbance": "tool_wear", "at": START, "until": START}, ValueError),
        ({"disturbance": "earthquake"}, KeyError),
        ({"disturbance": "sensor_drift", "reading": "coolant_flow"}, KeyError),
    ],
)
def test_a_disturbance_that_makes_no_sense_is_refused(how, error):
    plant = Plant(4)
    with pytest.raises(error):
        plant.switch_on(asset="press-4", **how)
    assert plant.events() == []
