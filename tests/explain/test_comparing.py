"""Only what is beyond chance is called a change."""

from __future__ import annotations

from functools import cache

import numpy as np

from explain.compute.comparing import TWINS, differences, twin_shares
from explain.compute.contributions import Explainer
from tests.explain.plant import fitted, trained

ROWS = 200


@cache
def twins():
    plant = trained()
    return twin_shares(plant.model, (plant.past, plant.past_label), plant.new[:ROWS], plant.columns)


def compared(past, label, new=None, noise=True):
    plant = trained()
    rows = plant.new[:ROWS]
    old = Explainer(plant.model).explain(rows).of_said()
    challenger = Explainer(fitted(past, label)).explain(rows).of_said()
    return differences(old, challenger, plant.columns, twins() if noise else None)


def test_the_same_model_again_changes_nothing():
    plant = trained()
    found = compared(plant.past, plant.past_label)
    assert [one["beyond"] for one in found] == [False] * len(plant.columns.names)
    assert all(one["before"] == one["after"] and one["noise"] > 0 for one in found)


def test_models_trained_on_other_draws_of_the_same_past_rarely_claim_a_change():
    plant = trained()
    random = np.random.default_rng(11)
    claims, tries = 0, 0
    for _try in range(6):
        drawn = random.integers(0, len(plant.past), len(plant.past))
        found = compared(plant.past[drawn], plant.past_label[drawn])
        claims += sum(one["beyond"] for one in found)
        tries += len(found)
    print(f"{claims} of {tries} group changes claimed")
    assert claims <= 3


def test_a_model_that_cannot_hear_the_tool_any_more_leans_elsewhere_beyond_chance():
    plant = trained()
    tool = [place for place, group in enumerate(plant.columns.group_of) if group == "Tool"]
    deaf = plant.past.copy()
    deaf[:, tool] = np.random.default_rng(5).permutation(deaf[:, tool])
    found = {one["group"]: one for one in compared(deaf, plant.past_label)}
    assert found["Tool"]["beyond"]
    assert found["Tool"]["after"] < found["Tool"]["before"]


def test_without_past_parts_the_noise_is_that_of_the_rows_alone():
    plant = trained()
    drawn = np.random.default_rng(7).integers(0, len(plant.past), len(plant.past))
    narrow = compared(plant.past[drawn], plant.past_label[drawn], noise=False)
    wide = {one["group"]: one["noise"] for one in compared(plant.past[drawn], plant.past_label[drawn])}
    assert all(0 < one["noise"] < wide[one["group"]] for one in narrow)


def test_shares_of_both_models_and_of_every_twin_add_up_to_one():
    plant = trained()
    found = compared(plant.past, plant.past_label)
    assert np.isclose(sum(one["before"] for one in found), 1)
    assert twins().shape == (TWINS, len(plant.columns.names))
    assert np.allclose(twins().sum(1), 1)
