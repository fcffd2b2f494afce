"""A strategy beside chance, in numbers alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.compute.backtest.learning import Plan, points, simulate
from labeling.compute.backtest.scores import Metric, aubc, metric_of, paired, rare_class, scorer
from labeling.compute.backtest.sets import first_labels, split
from labeling.compute.strategies import STRATEGIES

PLAN = Plan("margin", initial=10, batch=10, budget=40, seeds=2, learner="logistic")


def two_moons(n: int = 240, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n, 4))
    return rows, (rows[:, 0] + 0.3 * random.normal(size=n) > 0).astype(np.int64)


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_every_strategy_plays_to_the_end_of_its_budget(name: str) -> None:
    rows, label = two_moons()
    rows[::7, 1] = np.nan
    learner = "forest" if name == "portal" else "logistic"
    curves = simulate(rows, label, Plan(name, 10, 15, 40, 1, learner))
    assert curves.labels.tolist() == [10, 25, 40]
    assert curves.strategy.shape == curves.random.shape == (1, 3)
    assert ((curves.strategy >= 0) & (curves.strategy <= 1)).all()


def test_both_curves_of_a_seed_begin_at_the_same_point() -> None:
    curves = simulate(*two_moons(), PLAN)
    assert np.array_equal(curves.strategy[:, 0], curves.random[:, 0])
    assert not np.array_equal(curves.strategy[:, 0], np.full(2, curves.strategy[0, 0]))


def test_the_same_input_gives_the_same_curves() -> None:
    first, again = (simulate(*two_moons(), PLAN) for _ in range(2))
    assert np.array_equal(first.strategy, again.strategy)
    assert np.array_equal(first.random, again.random)


def test_progress_counts_every_fit_up_to_the_total() -> None:
    told: list[tuple[int, int]] = []
    simulate(*two_moons(), PLAN, report=lambda done, total: told.append((done, total)))
    assert told == [(n, 16) for n in range(1, 17)]


def test_a_progress_that_raises_ends_the_simulation() -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise Enough

    with pytest.raises(Enough):
        simulate(*two_moons(), PLAN, report=stop)


def test_a_budget_beyond_the_pool_ends_where_the_pool_does() -> None:
    assert points(Plan("margin", 10, 20, 500, 1), 75).tolist() == [10, 30, 50, 70, 75]


def test_the_last_batch_is_as_small_as_the_budget_leaves() -> None:
    assert points(Plan("margin", 20, 40, 90, 1), 900).tolist() == [20, 60, 90]


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), groups=st.integers(6, 40))
def test_no_group_is_on_both_sides_and_no_row_is_lost(seed: int, groups: int) -> None:
    random = np.random.default_rng(seed)
    group = random.integers(0, groups, 120).astype(np.int64)
    label = (group % 3).astype(np.int64)
    pool, held = split(label, group, seed)
    assert not set(group[pool]) & set(group[held])
    assert sorted([*pool, *held]) == list(range(120))


def test_every_class_is_measured_and_asked_about() -> None:
    label = np.repeat([0, 1, 2], [80, 15, 4]).astype(np.int64)
    pool, held = split(label, np.arange(99), 5)
    assert set(label[pool]) == set(label[held]) == {0, 1, 2}


def test_the_first_labels_know_two_classes_even_where_one_is_rare() -> None:
    label = np.zeros(500, dtype=np.int64)
    label[7] = 1
    for seed in range(20):
        assert set(label[first_labels(label, np.arange(500), 5, seed)]) == {0, 1}


def test_classes_of_like_size_are_measured_by_accuracy_and_rare_ones_are_not() -> None:
    assert metric_of(np.repeat([0, 1], [70, 30])) is Metric.ACCURACY
    assert metric_of(np.repeat([0, 1], [97, 3])) is Metric.AVERAGE_PRECISION
    assert metric_of(np.repeat([0, 1, 2], [60, 37, 3])) is Metric.MACRO_F1
    assert metric_of(np.repeat(np.arange(10), 97)) is Metric.ACCURACY


def test_average_precision_looks_for_the_rare_class() -> None:
    label = np.repeat([0, 1], [4, 96]).astype(np.int64)
    assert rare_class(label) == 0
    score = scorer(Metric.AVERAGE_PRECISION, label)
    sure = np.column_stack([label == 0, label == 1]).astype(float)
    assert score(label, sure) == 1.0
    assert score(label, sure[:, ::-1]) < 0.1


def test_the_area_is_the_mean_height_and_lies_between_the_lowest_and_the_highest() -> None:
    at = np.array([10, 20, 40])
    assert aubc(at, np.array([0.5, 0.5, 0.5])) == pytest.approx(0.5)
    assert aubc(at, np.array([[0.0, 1.0, 1.0]])) == pytest.approx([(5 + 20) / 30])
    assert aubc(np.array([10]), np.array([[0.3]])) == pytest.approx([0.3])


def test_the_interval_of_a_paired_difference_is_students() -> None:
    found = paired(np.array([0.1, 0.2, 0.3]))
    assert found["mean"] == pytest.approx(0.2)
    assert found["high"] - found["mean"] == pytest.approx(4.302653 * 0.1 / np.sqrt(3), rel=1e-5)
    assert paired(np.array([0.4])) == {"mean": 0.4, "low": 0.4, "high": 0.4}
