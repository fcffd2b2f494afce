"""Champion and challenger on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.training import rare
from labeling.compute.training.measures import DRAWS, calibration_error, scores, verdicts
from monitoring.performance.compute import interval


def differences(
    *,
    truth: NDArray[np.int64],
    champion: tuple[NDArray[np.float64], Sequence[int]],
    challenger: tuple[NDArray[np.float64], Sequence[int]],
    classes: Sequence[str],
    defect: Sequence[bool],
    seed: int,
) -> dict[str, Any]:
    """Challenger minus champion, each with its paired 95 % interval; {} without rows.

    ``truth`` int64 (n,); champion and challenger are (probabilities (n, c), columns) as in ``measures``.
    "found" holds the difference of each class's recall; None where the class has no rows,
    as "average_precision" is where the rows are all good or all defects.
    """
    if not len(truth):
        return {}
    k = len(classes)
    first, sure_1 = verdicts(*champion)
    second, sure_2 = verdicts(*challenger)
    joint = np.bincount((truth * k + first) * k + second, minlength=k**3)
    drawn = np.random.default_rng(seed).multinomial(len(truth), joint / len(truth), size=DRAWS)
    faulty = np.array(defect, dtype=np.bool_)
    before = joint.reshape(1, k, k, k), drawn.reshape(DRAWS, k, k, k)
    old, new = ([scores(each.sum(axis), faulty) for each in before] for axis in (3, 2))
    by_measure: dict[str, Any] = {
        key: interval.around(float((new[0][key] - old[0][key])[0]), new[1][key] - old[1][key])
        for key in old[0]
    }
    recall = [[_recall(each.sum(axis)) for each in before] for axis in (3, 2)]
    by_measure["found"] = {
        name: interval.around(
            float((recall[1][0] - recall[0][0])[0, place]), (recall[1][1] - recall[0][1])[:, place]
        )
        if joint.reshape(k, -1)[place].any()
        else None
        for place, name in enumerate(classes)
    }
    gap = calibration_error(second == truth, sure_2) - calibration_error(first == truth, sure_1)
    by_measure["ece"] = {"value": gap}
    ranked = [rare.defect_scores(*one, defect) for one in (champion, challenger)]
    by_measure["average_precision"] = rare.difference(faulty[truth], ranked[0], ranked[1], seed)
    by_measure["changed"] = int(np.count_nonzero(first != second))
    return by_measure


def _recall(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Recall of each class float64 (…, k) of tables (…, k, k)."""
    hits: NDArray[np.float64] = np.diagonal(tables, axis1=-2, axis2=-1) / np.maximum(tables.sum(-1), 1)
    return hits
