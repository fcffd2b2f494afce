"""How well defects are ranked before good parts: what counts where defects are rare.

- Average precision: the mean precision over the recalls that are reached, without interpolation (Davis and
  Goadrich 2006, "The relationship between precision-recall and ROC curves"); equal scores count together.
- A model that knows nothing has the share of defects, so that share is told beside it.
- The interval is a percentile bootstrap over rows; two models on the same rows are compared on the same
  draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from monitoring.performance.compute import interval

DRAWS = 1000
CHUNK = 50


def defect_scores(
    probabilities: NDArray[np.float64], columns: Sequence[int], defect: Sequence[bool]
) -> NDArray[np.float64]:
    """The probability of any defect float64 (n,); ``columns`` as in ``measures``."""
    faulty = np.array([defect[place] for place in columns], dtype=np.bool_)
    return probabilities[:, faulty].sum(1)


def average_precision(
    positive: NDArray[np.bool_], score: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """``positive`` and ``score`` (n,), ``weights`` (draws, n): how often each row counts.

    Float64 (draws,), NaN where no positive row counts.
    """
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    ends = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)
    counted = np.cumsum(weights[:, order], axis=1)[:, ends]
    hits = np.cumsum(weights[:, order] * positive[order], axis=1)[:, ends]
    gained = np.diff(hits, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(counted > 0, hits / counted, 0.0)
        return (precision * gained).sum(1) / hits[:, -1]


def _draws(n: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """How often each row is drawn, (CHUNK, n) at a time, so that memory stays small."""
    random = np.random.default_rng(seed)
    for _start in range(0, DRAWS, CHUNK):
        yield random.multinomial(n, np.full(n, 1 / n), size=CHUNK).astype(np.float64)


def measured(positive: NDArray[np.bool_], score: NDArray[np.float64], seed: int) -> dict[str, float] | None:
    """Average precision with its 95 % interval, and the share of defects as its ``floor``.

    None where the rows are all good or all defects.
    """
    if not positive.any() or positive.all():
        return None
    value = average_precision(positive, score, np.ones((1, len(score))))
    drawn = np.concatenate([average_precision(positive, score, each) for each in _draws(len(score), seed)])
    return {**interval.around(float(value[0]), drawn), "floor": float(positive.mean())}


def difference(
    positive: NDArray[np.bool_], old: NDArray[np.float64], new: NDArray[np.float64], seed: int
) -> dict[str, float] | None:
    """New minus old with its paired 95 % interval; None as in ``measured``."""
    if not positive.any() or positive.all():
        return None
    once = np.ones((1, len(positive)))
    value = average_precision(positive, new, once) - average_precision(positive, old, once)
    drawn = [
        average_precision(positive, new, each) - average_precision(positive, old, each)
        for each in _draws(len(positive), seed)
    ]
    return interval.around(float(value[0]), np.concatenate(drawn))
