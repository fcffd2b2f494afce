"""Fitting the classifier: histogram gradient boosting, which takes missing readings as they are.

- A reading that never changes in the rows that train (or has no value at all) teaches nothing: the model
  never looks at it. Nodes still send it and it is still watched, so a sensor that wakes up is seen.
- A class with fewer than ``FEWEST`` rows is not taught: the model would only learn these very parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from mlops_portal.foundation.wire.errors import Invalid

PIPELINE = "hist-gradient-boosting@1"
BOOSTING = ("max_iter", "learning_rate", "max_leaf_nodes", "min_samples_leaf", "l2_regularization")
FEWEST = 5


def weights(
    label: NDArray[np.int64], recent: NDArray[np.bool_], parameters: Mapping[str, Any]
) -> NDArray[np.float64]:
    """Weight of each row float64 (n,), mean 1.

    Rare classes count (largest / own) ** ``balance`` times as much (0: parts alike, 1: classes alike),
    parts since the first training ``recent_weight`` times.
    """
    counts = np.bincount(label)
    each = (counts.max() / np.maximum(counts, 1)) ** float(parameters["balance"])
    weight = each[label] * np.where(recent, float(parameters["recent_weight"]), 1.0)
    return weight / weight.mean()


def too_few(label: NDArray[np.int64]) -> dict[int, int]:
    """The classes that have rows, but fewer than ``FEWEST``, with their number of rows."""
    places, counts = np.unique(label, return_counts=True)
    return {int(place): int(n) for place, n in zip(places, counts, strict=True) if n < FEWEST}


def unchanging(readings: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which columns of readings (n, features) hold at most one value, missing ones apart: (features,)."""
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduce(readings, axis=0), np.fmax.reduce(readings, axis=0)
    return np.asarray(np.isnan(low) | (low == high), dtype=np.bool_)


def taught(label: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows are of a class with rows enough: bool (n,). Raises Invalid where fewer than two do."""
    enough = ~np.isin(label, list(too_few(label)))
    if len(np.unique(label[enough])) < 2:
        raise Invalid(f"a training needs at least two classes with {FEWEST} parts each")
    return enough


def fit(
    readings: NDArray[np.float64],
    label: NDArray[np.int64],
    recent: NDArray[np.bool_],
    parameters: Mapping[str, Any],
) -> HistGradientBoostingClassifier:
    """A model of ``readings`` (n, features) and ``label`` int64 (n,); the same input gives the same model.

    Readings that never change and classes with too few rows are left out (``unchanging``, ``too_few``).

    Raises Invalid where fewer than two classes have ``FEWEST`` rows.
    """
    rows = taught(label)
    return boosted(readings[rows], label[rows], recent[rows], parameters)


def boosted(
    readings: NDArray[np.float64],
    label: NDArray[np.int64],
    recent: NDArray[np.bool_],
    parameters: Mapping[str, Any],
    *,
    each: NDArray[np.float64] | None = None,
) -> HistGradientBoostingClassifier:
    """The same of rows whose classes have enough; ``each`` float64 (n,) in place of ``weights``."""
    model = HistGradientBoostingClassifier(
        **{key: parameters[key] for key in BOOSTING},
        early_stopping=False,
        random_state=int(parameters["seed"]),
    )
    weight = weights(label, recent, parameters) if each is None else each / each.mean()
    # one thread: with two, a busy machine spends minutes where one takes a second
    with threadpool_limits(1, user_api="openmp"):
        return model.fit(
            np.where(unchanging(readings), 0.0, readings),  # one value: no split can be made of it
            label,
            sample_weight=weight,
        )
