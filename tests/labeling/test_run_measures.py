"""Measures against scikit-learn's, intervals, holding out, comparing."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from labeling.compute.training.compare import differences
from labeling.compute.training.fit import weights
from labeling.compute.training.measures import counted, measures
from labeling.compute.training.rows import BASE, Rows, held_out, rows_of, trains
from mlops_portal.foundation.wire.errors import Invalid

CLASSES = ["ok", "crack", "burr"]
DEFECT = [False, True, True]


def said(random: np.random.Generator, truth: np.ndarray, sharp: float) -> np.ndarray:
    scores = random.normal(size=(len(truth), 3))
    scores[np.arange(len(truth)), truth] += sharp
    return np.exp(scores) / np.exp(scores).sum(1, keepdims=True)


def measured(truth: np.ndarray, probabilities: np.ndarray):
    return measures(
        truth=truth, probabilities=probabilities, columns=[0, 1, 2], classes=CLASSES, defect=DEFECT, seed=1
    )


def test_the_measures_are_scikit_learns() -> None:
    random = np.random.default_rng(4)
    truth = random.choice(3, size=700, p=[0.8, 0.15, 0.05])
    probabilities = said(random, truth, 2.0)
    guess = probabilities.argmax(1)
    found = measured(truth, probabilities)
    assert found["holdout"]["macro_f1"]["value"] == pytest.approx(f1_score(truth, guess, average="macro"))
    assert found["holdout"]["accuracy"]["value"] == pytest.approx(accuracy_score(truth, guess))
    recalls = recall_score(truth, guess, average=None)
    assert [found["per_class"][key]["found"]["value"] for key in CLASSES] == pytest.approx(list(recalls))
    good = truth == 0
    assert found["holdout"]["false_reject_rate"]["value"] == pytest.approx((guess[good] != 0).mean())
    assert found["holdout"]["missed_rate"]["value"] == pytest.approx((guess[~good] == 0).mean())


def test_the_bootstrap_interval_holds_what_resampling_rows_gives() -> None:
    random = np.random.default_rng(5)
    truth = random.choice(3, size=500, p=[0.7, 0.2, 0.1])
    probabilities = said(random, truth, 1.5)
    guess = probabilities.argmax(1)
    drawn = []
    for _ in range(400):
        rows = random.integers(0, 500, 500)
        drawn.append(f1_score(truth[rows], guess[rows], average="macro"))
    found = measured(truth, probabilities)["holdout"]["macro_f1"]
    assert [found["low"], found["high"]] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.012)


def test_a_perfectly_sure_and_right_model_has_no_calibration_error() -> None:
    truth = np.array([0, 1, 2, 0])
    assert measured(truth, np.eye(3)[truth])["holdout"]["ece"]["value"] == pytest.approx(0.0)


def test_wilson_knows_the_ends() -> None:
    assert counted(0, 0) == {"value": None, "low": None, "high": None, "n": 0}
    none, every = counted(0, 10), counted(10, 10)
    assert none["low"] == 0.0
    assert none["high"] == pytest.approx(0.2775, abs=1e-4)
    assert every["high"] == pytest.approx(1.0)
    assert every["low"] == pytest.approx(0.7225, abs=1e-4)


def test_a_model_beside_itself_differs_by_nothing() -> None:
    random = np.random.default_rng(6)
    truth = random.choice(3, size=300)
    same = said(random, truth, 1.0), [0, 1, 2]
    found = differences(truth=truth, champion=same, challenger=same, classes=CLASSES, defect=DEFECT, seed=1)
    assert found["macro_f1"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found["changed"] == 0


def test_the_paired_interval_is_narrower_than_two_apart() -> None:
    random = np.random.default_rng(7)
    truth = random.choice(3, size=600)
    old = said(random, truth, 1.2)
    new = old + 0.05 * said(random, truth, 3.0)
    new = new / new.sum(1, keepdims=True)
    paired = differences(
        truth=truth,
        champion=(old, [0, 1, 2]),
        challenger=(new, [0, 1, 2]),
        classes=CLASSES,
        defect=DEFECT,
        seed=1,
    )["macro_f1"]
    alone = measured(truth, new)["holdout"]["macro_f1"]
    assert paired["high"] - paired["low"] < (alone["high"] - alone["low"]) / 2


def some_rows() -> Rows:
    n = 200
    return rows_of(
        readings=np.zeros((n, 1)),
        label=["ok"] * n,
        part=[f"p{number // 2}" for number in range(n)],
        asset=["a"] * n,
        source=[BASE] * 100 + ["label"] * 100,
        at=np.arange(n, dtype=float),
        by_chance=[True] * 150 + [False] * 50,
        classes=CLASSES,
    )


def test_the_newest_whole_parts_of_each_source_are_held_out_and_picked_ones_never() -> None:
    rows = some_rows()
    measured_rows = held_out(rows, 0.2)
    assert set(np.flatnonzero(measured_rows)) == {*range(80, 100), *range(140, 150)}
    both = set(rows.part[measured_rows]) & set(rows.part[trains(rows, measured_rows)])
    assert both == set()


def test_rows_of_an_unknown_class_are_left_out() -> None:
    rows = rows_of(
        readings=np.zeros((2, 1)),
        label=["ok", "dent"],
        part=["1", "2"],
        asset=["a", "a"],
        source=[BASE, BASE],
        at=[1.0, 2.0],
        by_chance=[True, True],
        classes=CLASSES,
    )
    assert list(rows.part) == ["1"]


def test_rare_classes_and_parts_since_weigh_more() -> None:
    found = weights(
        np.array([0, 0, 0, 0, 1]),
        np.array([False, False, False, True, False]),
        {"balance": 1.0, "recent_weight": 3.0},
    )
    assert found.mean() == pytest.approx(1.0)
    assert found[4] / found[0] == pytest.approx(4.0)
    assert found[3] / found[0] == pytest.approx(3.0)


def test_one_class_alone_cannot_be_trained() -> None:
    from labeling.compute.training.fit import fit

    with pytest.raises(Invalid, match="two classes"):
        fit(np.zeros((9, 1)), np.zeros(9, dtype=np.int64), np.zeros(9, dtype=bool), {})
