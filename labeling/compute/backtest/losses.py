"""What a wrong judgement costs, row by row, for classes and for numbers.

- Classes: 1 for a wrong row. Where a class is rare, a wrong row of class c weighs n / (k × its rows), so that
  the mean is the balanced error, and a model that never finds the rare one scores 0.5 and not 0.03.
- Numbers: the distance from the truth in units of the distance that the median of the first rows would have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from labeling.compute.backtest.scores import has_rare

Floats = NDArray[np.float64]
SMALL = {
    "max_iter": 40,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 5,
    "early_stopping": False,
    "random_state": 1,
}


@dataclass(frozen=True, slots=True)
class Task:
    """How to fit and to count: ``weight`` float64 (classes,) or None for numbers, ``scale`` for numbers."""

    name: str
    weight: Floats | None
    scale: float = 1.0

    def fitted(self, readings: Floats, truth: Floats) -> Any:
        """A model of ``readings`` (n, d) and ``truth`` (n,); one class only is answered with itself."""
        if self.weight is None:
            return HistGradientBoostingRegressor(**SMALL).fit(readings, truth)
        known = np.unique(truth)
        if len(known) < 2:
            return Always(float(known[0]))
        each = self.weight[truth.astype(np.int64)]
        model = HistGradientBoostingClassifier(**SMALL)
        return model.fit(readings, truth, sample_weight=each if self.name == "balanced_error" else None)

    def loss(self, model: Any, readings: Floats, truth: Floats) -> Floats:
        """Cost of each row float64 (n,)."""
        predicted = np.asarray(model.predict(readings), dtype=float)
        if self.weight is None:
            return np.abs(predicted - truth) / self.scale
        losses: Floats = (predicted != truth) * self.weight[truth.astype(np.int64)]
        return losses

    def mean(self, loss: Floats, truth: Floats) -> float:
        """The rows' error as one number: costs over what they could have cost at most; NaN without rows."""
        if not len(loss):
            return float("nan")
        most = np.ones(len(loss)) if self.weight is None else self.weight[truth.astype(np.int64)]
        return float(loss.sum() / most.sum())


@dataclass(frozen=True, slots=True)
class Always:
    """Says one class, for want of another."""

    said: float

    def predict(self, readings: Floats) -> Floats:
        return np.full(len(readings), self.said)


def task_of(truth: Floats, first: int, *, numeric: bool) -> Task:
    """From all truths (n,): what can occur; from the ``first`` rows: what is rare and what a scale is."""
    if numeric:
        past = truth[:first]
        scale = float(np.mean(np.abs(past - np.median(past))))
        return Task("absolute_error", None, scale if scale > 0 else 1.0)
    counts = np.bincount(truth.astype(np.int64))
    there = counts[counts > 0]
    if not has_rare(truth.astype(np.int64)):
        return Task("error", np.ones(len(counts)))
    return Task("balanced_error", counts.sum() / (len(there) * np.maximum(counts, 1)))
