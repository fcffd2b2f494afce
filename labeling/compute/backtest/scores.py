"""One number for how good a model is on held-out rows, and the area under it over a budget.

- Classes of like size: accuracy. Two classes, one of them rare: average precision of the rare one (accuracy
  would praise a model that never finds it). More classes, some rare: macro F1.
- AUBC: the mean height of the curve over the labels spent (trapezoids; 0 to 1), so that curves over other
  budgets compare (Zhan et al. 2021, arXiv 2010.08161).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from labeling.compute.training.measures import macro_f1, table

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
RARE = 0.1
"""Of two classes, one with less than this share of the rows is rare; of k, one with less than 0.5 / k if that
is less."""


class Metric(StrEnum):
    ACCURACY = "accuracy"
    MACRO_F1 = "macro_f1"
    AVERAGE_PRECISION = "average_precision"


def has_rare(label: Labels) -> bool:
    """Whether a class among int64 (n,) is rare."""
    counts = np.bincount(label)
    counts = counts[counts > 0]
    return bool(counts.min() < min(RARE, 0.5 / len(counts)) * counts.sum())


def metric_of(label: Labels) -> Metric:
    """What to measure on a table with these classes int64 (n,)."""
    counts = np.bincount(label)
    counts = counts[counts > 0]
    if not has_rare(label):
        return Metric.ACCURACY
    return Metric.AVERAGE_PRECISION if len(counts) == 2 else Metric.MACRO_F1


def rare_class(label: Labels) -> int:
    """The class with the fewest rows; of two equal ones the later."""
    counts = np.bincount(label)
    there = np.flatnonzero(counts)
    return int(there[::-1][np.argmin(counts[there[::-1]])])


def scorer(metric: Metric, label: Labels) -> Callable[[Labels, Floats], float]:
    """A function of the truth int64 (n,) and the probabilities (n, k), columns by class; higher is better."""
    k = int(label.max()) + 1
    rare = rare_class(label)

    def score(truth: Labels, probabilities: Floats) -> float:
        if metric is Metric.AVERAGE_PRECISION:
            return float(average_precision_score(truth == rare, probabilities[:, rare]))
        predicted = probabilities.argmax(axis=1)
        if metric is Metric.ACCURACY:
            return float(np.mean(predicted == truth))
        return float(macro_f1(table(truth, predicted, k)))

    return score


def aubc(labels: NDArray[np.int64], heights: Floats) -> Floats:
    """Mean height float64 (…) of curves (…, points) over ``labels`` int64 (points,)."""
    if len(labels) == 1:
        return heights[..., 0]
    area = np.trapezoid(heights, labels, axis=-1)
    return np.asarray(area / float(labels[-1] - labels[0]), dtype=np.float64)


def paired(difference: Floats) -> dict[str, float]:
    """Mean of paired differences (seeds,) and its 95 % interval (Student's t); a single one has no width."""
    from scipy.stats import t

    n, mean = len(difference), float(difference.mean())
    if n < 2:
        return {"mean": mean, "low": mean, "high": mean}
    half = float(t.ppf(0.975, n - 1) * difference.std(ddof=1) / np.sqrt(n))
    return {"mean": mean, "low": mean - half, "high": mean + half}
