"""Rare defects: average precision, paired differences, and what a training cannot use."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from labeling.compute.training import rare
from labeling.compute.training.compare import differences
from labeling.compute.training.fit import fit, too_few, unchanging
from labeling.compute.training.measures import measures
from labeling.models.parameters import parameters_checked
from mlops_portal.foundation.registry.compute import edge_model

QUICK = parameters_checked({"max_iter": 5, "min_samples_leaf": 2})


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 0.9])), min_size=2, max_size=60))
def test_average_precision_is_scikit_learns_with_ties_too(rows) -> None:
    positive = np.array([one for one, _score in rows])
    score = np.array([score for _one, score in rows])
    if not positive.any():
        assert np.isnan(rare.average_precision(positive, score, np.ones((1, len(score))))).all()
        return
    found = rare.average_precision(positive, score, np.ones((1, len(score))))[0]
    assert found == pytest.approx(average_precision_score(positive, score))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.integers(0, 4)), min_size=2, max_size=40))
def test_a_row_that_counts_twice_is_a_row_that_is_there_twice(rows) -> None:
    positive, score = np.array([one[0] for one in rows]), np.array([one[1] for one in rows])
    times = np.array([one[2] for one in rows])
    if not np.repeat(positive, times).any():
        return
    found = rare.average_precision(positive, score, times[None, :].astype(float))[0]
    assert found == pytest.approx(
        average_precision_score(np.repeat(positive, times), np.repeat(score, times))
    )


def few_defects(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = (random.random(2000) < 0.03).astype(np.int64)
    good = 1 / (1 + np.exp(-(random.normal(size=2000) + 3 * truth - 3)))
    poor = 1 / (1 + np.exp(-(random.normal(size=2000) + truth - 3)))
    return truth, np.column_stack([1 - good, good]), np.column_stack([1 - poor, poor])


def test_where_there_are_good_parts_and_defects_the_ranking_is_measured_beside_its_floor() -> None:
    truth, good, _poor = few_defects()
    found = measures(
        truth=truth, probabilities=good, columns=[0, 1], classes=["ok", "bad"], defect=[False, True], seed=1
    )["holdout"]["average_precision"]
    assert found["value"] == pytest.approx(average_precision_score(truth, good[:, 1]))
    assert found["low"] < found["value"] < found["high"]
    assert found["floor"] == pytest.approx(truth.mean())


@pytest.mark.parametrize("defect", [[True, True], [False, False]])
def test_where_every_class_is_of_one_kind_there_is_nothing_to_rank(defect) -> None:
    truth, good, _poor = few_defects()
    found = measures(
        truth=truth, probabilities=good, columns=[0, 1], classes=["a", "b"], defect=defect, seed=1
    )
    assert found["holdout"]["average_precision"] is None


def test_the_better_ranking_is_seen_beyond_chance() -> None:
    truth, good, poor = few_defects()
    found = differences(
        truth=truth,
        champion=(poor, [0, 1]),
        challenger=(good, [0, 1]),
        classes=["ok", "bad"],
        defect=[False, True],
        seed=1,
    )["average_precision"]
    assert 0 < found["low"] < found["value"] < found["high"]


def test_a_reading_that_never_changes_is_named_and_never_looked_at() -> None:
    random = np.random.default_rng(3)
    readings = random.normal(size=(300, 4))
    readings[:, 1], readings[:, 2] = 7.0, np.nan
    readings[::3, 1] = np.nan
    label = (readings[:, 0] > 0).astype(np.int64)
    readings[label == 1, 1] = np.nan  # being missing would give the class away
    assert unchanging(readings).tolist() == [False, True, True, False]
    model = fit(readings, label, np.zeros(300, bool), QUICK)
    other = readings.copy()
    other[:, 1:3] = random.normal(size=(300, 2)) * 1e6
    np.testing.assert_array_equal(model.predict_proba(readings), model.predict_proba(other))


def test_a_class_with_a_handful_of_parts_is_left_out_and_the_others_are_learned() -> None:
    random = np.random.default_rng(4)
    label = np.repeat([0, 1, 2], [100, 100, 4])
    readings = random.normal(size=(204, 2)) + label[:, None] * 3
    assert too_few(label) == {2: 4}
    model = fit(readings, label, np.zeros(204, bool), QUICK)
    assert model.classes_.tolist() == [0, 1]


@pytest.mark.parametrize("classes", [2, 12])
def test_wide_and_gappy_tables_reach_the_edge_unchanged(classes: int) -> None:
    random = np.random.default_rng(classes)
    label = random.integers(0, classes, 240)
    readings = random.normal(size=(240, 60)) + label[:, None] * (np.arange(60) < 3)
    readings[random.random(readings.shape) < 0.5] = np.nan
    readings[:, 50:] = 1.0
    model = fit(readings, label, np.zeros(240, bool), QUICK)
    edge_model.thresholds_to_float32(model)
    found = edge_model.parity(model, edge_model.export(model), edge_model.as_read(readings))
    assert found.labels_equal
    assert found.largest < 1e-5
