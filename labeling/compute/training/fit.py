"""Fitting the classifier: histogram gradient boosting, which takes missing readings as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from mlops_portal.wire.errors import Invalid

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
    found = each[label] * np.where(recent, float(parameters["recent_weight"]), 1.0)
    return found / found.mean()


def fit(
    readings: NDArray[np.float64],
    label: NDArray[np.int64],
    recent: NDArray[np.bool_],
    parameters: Mapping[str, Any],
) -> HistGradientBoostingClassifier:
    """A model of ``readings`` (n, features) and ``label`` int64 (n,); the same input gives the same model.

    Raises Invalid where fewer than two classes have ``FEWEST`` rows.
    """
    counts = np.bincount(label) if len(label) else np.zeros(1)
    if np.count_nonzero(counts >= FEWEST) < 2:
        raise Invalid(f"a training needs at least two classes with {FEWEST} parts each")
    model = HistGradientBoostingClassifier(
        **{key: parameters[key] for key in BOOSTING},
        early_stopping=False,
        random_state=int(parameters["seed"]),
    )
    # one thread: with two, a busy machine spends minutes where one takes a second
    with threadpool_limits(1, user_api="openmp"):
        return model.fit(readings, label, sample_weight=weights(label, recent, parameters))
