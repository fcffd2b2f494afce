"""A retrain trigger on history, in numbers alone."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.compute.backtest.losses import task_of
from labeling.compute.backtest.retraining import Walk, walk
from labeling.compute.backtest.triggers import never, on_degradation, on_schedule

WALK = Walk(first=200, window=50, delay=1, rest=2)


def turning(n: int = 700, at: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """What a reading means turns round at a row, and the reading itself moves."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n, 2))
    label = rows[:, 0] > 0
    label[at:] = ~label[at:]
    rows[at:, 1] += 5
    return rows, label.astype(float)


def task(truth: np.ndarray, numeric: bool = False):
    return task_of(truth, WALK.first, numeric=numeric)


def test_without_a_trigger_nothing_is_retrained() -> None:
    rows, truth = turning()
    found = walk(rows, truth, task(truth), WALK, never)
    assert found.retrains == []
    assert found.labels == WALK.first
    assert [one.start for one in found.windows] == list(range(200, 700, 50))


def test_a_schedule_fires_every_so_many_windows() -> None:
    rows, truth = turning()
    found = walk(rows, truth, task(truth), WALK, on_schedule(3))
    assert found.retrains == [350, 500, 650]


def test_errors_fire_after_the_world_turned_and_its_labels_came_and_not_before() -> None:
    rows, truth = turning()
    found = walk(rows, truth, task(truth), WALK, on_degradation(3.0))
    assert found.retrains[0] == 500  # the window from 400 is judged at 450, its labels are there at 500
    assert found.error < walk(rows, truth, task(truth), WALK, never).error


def test_drift_fires_when_the_detector_says_so_and_needs_no_label() -> None:
    rows, truth = turning()
    asked: list[tuple[int, int]] = []

    def detect(reference: np.ndarray, stream: np.ndarray) -> int | None:
        asked.append((len(reference), len(stream)))
        off = np.flatnonzero(np.abs(stream[:, 1] - reference[:, 1].mean()) > 6)
        return int(off[0]) + 1 if len(off) else None

    found = walk(rows, truth, task(truth), WALK, never, detect=detect)
    assert found.retrains[0] == 450
    assert asked[:2] == [(200, 500), (200, 250)]


def test_a_training_sees_no_label_before_it_arrived() -> None:
    rows, truth = turning()
    late = Walk(first=200, window=50, delay=3, rest=2)
    found = walk(rows, truth, task(truth), late, on_schedule(4))
    assert found.retrains == [400, 600]
    assert found.labels == 450  # at row 600 the labels up to 600 - 3 × 50 are known


def test_a_short_memory_forgets_the_old_world() -> None:
    rows, truth = turning(1000)
    short = Walk(first=200, window=50, delay=0, rest=2, memory=150)
    everything = Walk(first=200, window=50, delay=0, rest=2)
    trigger = on_schedule(3)
    forgets, keeps = (walk(rows, truth, task(truth), plan, trigger).error for plan in (short, everything))
    assert forgets < keeps


def test_trainings_keep_their_distance() -> None:
    rows, truth = turning()
    calm = Walk(first=200, window=50, delay=1, rest=4)
    found = walk(rows, truth, task(truth), calm, lambda since: True)
    assert np.diff(found.retrains).min() >= 4 * calm.window


def test_no_training_follows_the_last_row() -> None:
    rows, truth = turning(700)
    found = walk(rows, truth, task(truth), WALK, lambda since: True)
    assert max(found.retrains) < 700


def test_rare_classes_are_counted_as_much_as_common_ones() -> None:
    truth = np.zeros(300)
    truth[::20] = 1
    counted = task(truth)
    assert counted.name == "balanced_error"
    blind = type("Blind", (), {"predict": lambda self, rows: np.zeros(len(rows))})()
    cost = counted.loss(blind, np.zeros((300, 1)), truth)
    assert counted.mean(cost, truth) == pytest.approx(0.5)


def test_numbers_are_measured_by_their_distance() -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(500, 2))
    truth = 10 * rows[:, 0] + random.normal(size=500)
    found = walk(rows, truth, task(truth, numeric=True), WALK, on_schedule(3))
    assert 0 < found.error < 0.5  # of what the median would be off


def test_a_history_with_one_class_at_first_is_walked_too() -> None:
    rows, truth = turning()
    truth[:260] = 0
    found = walk(rows, truth, task(truth), WALK, on_schedule(2))
    assert found.error < walk(rows, truth, task(truth), WALK, never).error


def test_the_same_history_gives_the_same_result() -> None:
    rows, truth = turning()
    assert walk(rows, truth, task(truth), WALK, on_degradation(2)) == walk(
        rows, truth, task(truth), WALK, on_degradation(2)
    )
