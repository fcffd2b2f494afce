"""How good a model is on held-out rows, with intervals.

- Everything but the calibration error is a function of the table truth × said, so the bootstrap draws whole
  tables from the multinomial of the observed one: the same as drawing rows, without drawing rows.
- Two models on the same rows are compared over the joint table truth × first × second, so the interval of a
  difference is a paired one (Efron and Tibshirani 1993, chapter 16).
- Shares of a count have Wilson intervals (Wilson 1927).
- Where defects are rare, how they are ranked says more than the verdicts (``rare``).
- A class without held-out rows has no measure (None) and does not enter the macro F1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.compute.training import rare
from monitoring.performance.compute import interval
from monitoring.rules.wilson import wilson

DRAWS = 1000
BINS = 15
SURE_BINS = 20  # as monitoring counts them


def counted(hits: int, n: int) -> dict[str, float | int | None]:
    """Share and 95 % interval of ``hits`` out of ``n``."""
    if n == 0:
        return {"value": None, "low": None, "high": None, "n": 0}
    low, high = wilson(hits / n, n)
    return {"value": hits / n, "low": low, "high": high, "n": n}


def table(truth: NDArray[np.int64], predicted: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Counts int64 (k, k): row truth, column said."""
    return np.bincount(truth * k + predicted, minlength=k * k).reshape(k, k)


def macro_f1(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Macro F1 of tables (…, k, k) over the classes that occur: float64 (…)."""
    hits = np.diagonal(tables, axis1=-2, axis2=-1)
    truth, predicted = tables.sum(-1), tables.sum(-2)
    score = 2.0 * hits / np.maximum(truth + predicted, 1)
    there = truth > 0
    return (score * there).sum(-1) / np.maximum(there.sum(-1), 1)


def scores(tables: NDArray[np.int64], defect: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """Measures of tables (…, k, k), each float64 (…).

    ``defect`` bool (k,): false rejects are good parts called a defect, missed ones defects called good.
    """
    good, bad = ~defect, defect
    total = np.maximum(tables.sum((-2, -1)), 1)

    def share(rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> NDArray[np.float64]:
        of = tables[..., rows, :].sum((-2, -1))
        return tables[..., rows, :][..., columns].sum((-2, -1)) / np.maximum(of, 1)

    return {
        "macro_f1": macro_f1(tables),
        "accuracy": np.diagonal(tables, axis1=-2, axis2=-1).sum(-1) / total,
        "false_reject_rate": share(good, bad),
        "missed_rate": share(bad, good),
    }


def calibration_error(right: NDArray[np.bool_], confidence: NDArray[np.float64]) -> float:
    """Expected calibration error over ``BINS`` equal bins (Naeini et al. 2015); inputs (n,)."""
    where = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(where, weights=confidence - right, minlength=BINS)
    return float(np.abs(gap).sum() / max(len(right), 1))


def _draw_calibration(
    right: NDArray[np.bool_], confidence: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.float64]:
    """Errors float64 (DRAWS,) of resampled rows: a resample weighs each row by how often it is drawn."""
    n = len(right)
    where = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.zeros((n, BINS))
    gaps[np.arange(n), where] = confidence - right
    times = random.multinomial(n, np.full(n, 1 / n), size=DRAWS)
    return np.abs(times @ gaps).sum(1) / n


def measures(
    *,
    truth: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    columns: Sequence[int],
    classes: Sequence[str],
    defect: Sequence[bool],
    seed: int,
) -> dict[str, Any]:
    """``truth`` int64 (n,) places among ``classes``; ``probabilities`` (n, c) whose column j is class
    ``columns[j]``. Returns {"holdout", "per_class", "confusion", "calibration"} as plain values; {} without
    rows."""
    if not len(truth):
        return {}
    random, k = np.random.default_rng(seed), len(classes)
    predicted, confidence = verdicts(probabilities, columns)
    counts = table(truth, predicted, k)
    faulty = np.array(defect, dtype=np.bool_)
    now = scores(counts, faulty)
    n = int(counts.sum())
    drawn = scores(random.multinomial(n, (counts / n).ravel(), size=DRAWS).reshape(DRAWS, k, k), faulty)
    right = predicted == truth
    good = counts[~faulty, :]
    bad = counts[faulty, :]
    return {
        "holdout": {
            "n": n,
            "macro_f1": interval.around(float(now["macro_f1"]), drawn["macro_f1"]),
            "accuracy": counted(int(right.sum()), n),
            "false_reject_rate": counted(int(good[:, faulty].sum()), int(good.sum())),
            "missed_rate": counted(int(bad[:, ~faulty].sum()), int(bad.sum())),
            "ece": interval.around(
                calibration_error(right, confidence), _draw_calibration(right, confidence, random)
            ),
            "average_precision": rare.measured(
                faulty[truth], rare.defect_scores(probabilities, columns, defect), seed
            ),
        },
        "per_class": {
            key: {
                "found": counted(int(counts[place, place]), int(counts[place].sum())),
                "precision": counted(int(counts[place, place]), int(counts[:, place].sum())),
            }
            for place, key in enumerate(classes)
        },
        "confusion": counts.tolist(),
        "calibration": reliability(right, confidence),
    }


def reliability(right: NDArray[np.bool_], confidence: NDArray[np.float64]) -> dict[str, list[int]]:
    """How many rows (n,) were judged with a confidence in each of ``SURE_BINS`` equal bins, and how many
    right."""
    where = np.minimum((np.clip(confidence, 0.0, 1.0) * SURE_BINS).astype(np.int64), SURE_BINS - 1)
    hits = np.bincount(where[right], minlength=SURE_BINS)
    return {"judged": np.bincount(where, minlength=SURE_BINS).tolist(), "right": hits.tolist()}


def verdicts(
    probabilities: NDArray[np.float64], columns: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The class (its place among the registered ones) and the confidence of each row, both (n,)."""
    best = probabilities.argmax(1)
    return np.array(columns, dtype=np.int64)[best], probabilities[np.arange(len(best)), best]
