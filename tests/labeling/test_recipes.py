"""Ways to train, and the choice among them, on rows whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint
from itertools import count
from typing import Any

import numpy as np
import pytest

from labeling.compute.training import choice, curve, recipes
from labeling.compute.training.recipes import OWN, Lesson, fitted
from labeling.models.parameters import PARAMETERS
from mlops_portal.foundation.registry.compute import edge_model, store

QUICK = {key: one.default for key, one in PARAMETERS.items()} | {"max_iter": 10}


def lesson(
    now: int = 0, *, seed: int = 0, to: float = 3.0, edge: float = 1.0, past: int = 400
) -> tuple[Lesson, np.ndarray]:
    """Past parts fail above 1 of the first reading; parts since lie beyond, up to ``to``, and fail
    above ``edge``: below 1 where the past was good."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(past + now, 4))
    rows[past:, 0] = random.uniform(-1.0, to, now)
    from_here = np.where(np.arange(past + now) < past, 1.0, edge)
    label = (rows[:, 0] > from_here).astype(np.int64)
    recent = np.arange(past + now) >= past
    return (
        Lesson(rows, label, recent, np.arange(past + now, dtype=float), np.ones(past + now), QUICK),
        np.array([f"p{at}" for at in range(past + now)]),
    )


def says(model: Any, first: float) -> int:
    return int(model.predict([[first, 0.0, 0.0, 0.0]])[0])


@pytest.mark.parametrize("name", list(OWN))
def test_every_way_learns_what_parts_do_now_and_is_the_same_twice(name: str) -> None:
    given, _part = lesson(60)
    one, two = fitted(OWN[name], given), fitted(OWN[name], given)
    assert (says(one, -1.0), says(one, 2.5)) == (0, 1)
    assert np.array_equal(one.predict_proba(given.readings), two.predict_proba(given.readings))


@pytest.mark.parametrize("name", ["lines", "lines_moved", "forest"])
def test_the_edge_model_says_what_lines_and_a_forest_say_with_readings_missing(name: str) -> None:
    given, _part = lesson(40)
    model = fitted(OWN[name], given)
    edge_model.thresholds_to_float32(model)
    rows = given.readings.copy()
    rows[::5, 2] = np.nan
    kept = store.load(store.dump(model))
    agrees = edge_model.parity(kept, edge_model.export(kept), rows)
    assert agrees.labels_equal
    assert agrees.largest < 1e-5


def test_lines_go_on_where_trees_say_the_same_as_at_their_last_split() -> None:
    given, _part = lesson(past=400)
    lines = fitted(OWN["lines"], given).predict_proba([[1.1, 0, 0, 0], [4.0, 0, 0, 0]])[:, 1]
    trees = fitted(OWN["asked"], given).predict_proba([[3.0, 0, 0, 0], [9.0, 0, 0, 0]])[:, 1]
    assert lines[1] > lines[0]
    assert trees[0] == trees[1]


def test_old_parts_that_contradict_the_labels_of_now_lose_their_vote() -> None:
    given, _part = lesson(30, edge=0.0)
    heard = fitted(OWN["lines"], replace(given, parameters=QUICK | {"recent_weight": 1.0}))
    judged = fitted(OWN["lines_judged"], given)
    assert says(judged, 0.6) == 1
    assert judged.predict_proba([[0.5, 0, 0, 0]])[0, 1] > heard.predict_proba([[0.5, 0, 0, 0]])[0, 1]


def test_a_reading_that_never_changed_moves_no_line() -> None:
    given, _part = lesson(40)
    given.readings[:, 3] = 7.0
    model = fitted(OWN["lines_moved"], given)
    assert np.array_equal(*(model.predict_proba([[1.0, 0.0, 0.0, last]]) for last in (7.0, 90.0)))


def test_two_classes_and_one_that_is_absent_since_are_taught() -> None:
    given, _part = lesson(12, to=0.5)
    assert set(given.label[given.recent]) == {0}
    assert says(fitted(OWN["lines_moved"], given), 2.5) == 1


def some(*names: str) -> Iterator[tuple[str, recipes.Recipe]]:
    return ((name, OWN[name]) for name in names)


def test_what_fits_the_parts_since_is_taken_and_what_the_others_would_have_done_is_told() -> None:
    given, part = lesson(80, edge=0.8, to=2.0)
    taken = choice.chosen(given, part, some("lines", "lines_most", "asked"), seconds=60)
    assert (taken.name, taken.why, taken.parts) == ("lines", "chosen", 80)
    assert [one.name for one in taken.tried] == ["lines", "lines_most", "asked"]
    lines, most, asked = taken.tried
    assert most.behind == 0.0
    assert 0 < lines.behind <= lines.error
    assert asked.behind > asked.error > 0
    assert all(0 <= one.wrong_before <= 1 for one in taken.tried)


def test_of_ways_that_are_as_good_the_simplest_is_taken() -> None:
    given, part = lesson(40)
    same = [("first", OWN["lines"]), ("asked", OWN["asked"]), ("second", OWN["lines"])]
    assert choice.chosen(given, part, same, seconds=60).name == "first"


def test_what_ruins_the_parts_before_is_not_taken_whatever_it_does_now() -> None:
    given, part = lesson(60, edge=0.0)
    forgets = partial(_only_now, OWN["lines"])
    taken = choice.chosen(given, part, [("forgets", forgets), *some("asked")], seconds=60)
    assert taken.name == "asked"
    assert taken.tried[0].guarded
    assert taken.tried[0].loss < taken.tried[1].loss


def _only_now(recipe: recipes.Recipe, given: Lesson) -> Any:
    return recipe(given.take(given.recent))


def test_seconds_that_are_used_up_leave_the_rest_out_and_say_so() -> None:
    given, part = lesson(20)
    ticks = count()
    taken = choice.chosen(
        given, part, some("lines", "lines_much", "asked"), seconds=2, clock=lambda: float(next(ticks))
    )
    assert [one.name for one in taken.tried] == ["lines", "asked"]
    assert taken.left_out == ["lines_much"]


@pytest.mark.parametrize(("now", "seconds", "why"), [(0, 60, "first"), (5, 60, "few"), (30, 0, "told")])
def test_without_labels_or_time_the_parameters_are_taken_as_they_are(
    now: int, seconds: int, why: str
) -> None:
    given, part = lesson(now)
    taken = choice.chosen(given, part, some("lines", "asked"), seconds=seconds)
    assert (taken.name, taken.why, taken.tried) == ("asked", why, [])


def test_rows_of_one_part_are_on_one_side() -> None:
    given, _part = lesson(40)
    part = np.array([f"p{at // 2}" for at in range(len(given.label))])
    for fold in choice.folds(given, part):
        assert not set(part[fold.taught]) & set(part[np.r_[fold.new, fold.old]])


def broken(*_given: object) -> None:
    """A pipeline of another package that fails."""
    raise RuntimeError("no licence")


def test_a_pipeline_of_another_package_is_tried_and_one_that_fails_is_refused_with_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def installed(*, group: str) -> list[EntryPoint]:
        assert group == recipes.GROUP
        return [EntryPoint("broken", f"{__name__}:broken", group)]

    monkeypatch.setattr(recipes, "entry_points", installed)
    given, part = lesson(20)
    ways = [(name, one) for name, one in recipes.recipes() if name in ("asked", "broken")]
    taken = choice.chosen(given, part, ways, seconds=60)
    assert taken.name == "asked"
    assert taken.tried[-1].refused == "RuntimeError: no licence"


def test_labels_that_teach_nothing_new_would_change_little() -> None:
    given, part = lesson(60)
    told = curve.advised(OWN["lines"], given, part)
    assert told is not None
    assert told["advice"] == "little"
    assert told["low"] <= told["gain"] <= told["high"]


def test_labels_of_a_world_that_turned_pay() -> None:
    given, part = lesson(24, edge=0.0, seed=4)
    told = curve.advised(OWN["lines_much"], given, part)
    assert told is not None
    assert told["gain"] > 0
    assert told["advice"] in ("pay", "unclear")


def test_few_labels_make_no_curve() -> None:
    given, part = lesson(10)
    assert curve.advised(OWN["lines"], given, part) is None
