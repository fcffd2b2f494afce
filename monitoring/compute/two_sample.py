"""The classifier two-sample test: can a classifier tell then from now? (Lopez-Paz and Oquab 2017)

- Out-of-fold scores (cross-fitting), so that a forest which knows its rows by heart proves nothing.
- The area under the ROC curve is 0.5 where nothing changed. Its p is that of a permutation of the labels
  against the scores within each fold; the forest is not fitted again, which is right because each fold's
  scores do not know its labels (conditional on the fit, they are exchangeable).
- Only rows of the random share belong here: what was sent because the model was unsure is another population.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.ensemble import RandomForestClassifier

LEAST = 20
FOLDS, TREES, DRAWS = 5, 60, 999
MOST = 4000


@dataclass(frozen=True, slots=True)
class TwoSample:
    """``auc`` in [0, 1] with its 95 % interval; ``p``: how often chance does as well; ``ranked``: what gives
    it away, (name, share of the importance), the most telling first."""

    auc: float
    low: float
    high: float
    p: float
    n: int
    m: int
    ranked: tuple[tuple[str, float], ...]


def two_sample(
    then: NDArray[np.float64], now: NDArray[np.float64], *, names: list[str], seed: int = 0
) -> TwoSample:
    """Compare rows ``then`` (m, d) and ``now`` (n, d), NaN where a reading is missing.

    ValueError below 20 rows on a side or for other numbers of columns than ``names``.
    """
    if min(len(then), len(now)) < LEAST:
        raise ValueError(f"both sides need {LEAST} rows")
    if then.shape[1] != now.shape[1] or then.shape[1] != len(names):
        raise ValueError("both sides need the same columns")
    random = np.random.default_rng(seed)
    then, now = _few(then, random), _few(now, random)
    x = _filled(np.vstack([then, now]))
    y = np.concatenate([np.zeros(len(then)), np.ones(len(now))])
    fold = _folds(y, random)
    scores, importance = np.zeros(len(y)), np.zeros(x.shape[1])
    for index in range(FOLDS):
        out = fold == index
        forest = RandomForestClassifier(
            TREES, min_samples_leaf=5, class_weight="balanced", random_state=seed + index, n_jobs=1
        )
        forest.fit(x[~out], y[~out])
        # ranks within the fold, so that folds with other levels mix
        scores[out] = rankdata(forest.predict_proba(x[out])[:, 1]) / out.sum()
        importance += forest.feature_importances_
    ranks = rankdata(scores)
    auc = _auc(ranks, y)
    drawn = np.array([_auc(ranks, _shuffled(y, fold, random)) for _ in range(DRAWS)])
    half = 1.96 * float(np.sqrt(_variance(scores, y)))
    p = float((1 + np.count_nonzero(drawn >= auc)) / (1 + DRAWS))
    shares = importance[: len(names)] + importance[len(names) :]
    shares = shares / shares.sum() if shares.sum() else shares
    order = np.argsort(-shares)
    ranked = tuple((names[place], float(shares[place])) for place in order)
    return TwoSample(auc, max(0.0, auc - half), min(1.0, auc + half), p, len(now), len(then), ranked)


def _few(rows: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    return rows[random.choice(len(rows), MOST, replace=False)] if len(rows) > MOST else rows


def _filled(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns with medians in the gaps, and beside each whether it was missing: both may give it away."""
    finite = np.isfinite(x)
    missing = ~finite
    filled = x.copy()
    for column in range(x.shape[1]):
        known = x[finite[:, column], column]
        filled[missing[:, column], column] = np.median(known) if known.size else 0.0
    limit = float(np.finfo(np.float32).max) / 4
    return np.hstack([np.clip(filled, -limit, limit), missing.astype(np.float64)])


def _folds(y: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    fold = np.empty(len(y), dtype=np.int64)
    for side in (0.0, 1.0):
        mine = np.flatnonzero(y == side)
        fold[random.permutation(mine)] = np.arange(len(mine)) % FOLDS
    return fold


def _shuffled(
    y: NDArray[np.float64], fold: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float64]:
    drawn = y.copy()
    for index in range(FOLDS):
        mine = fold == index
        drawn[mine] = random.permutation(y[mine])
    return drawn


def _auc(ranks: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Mann and Whitney's statistic as a share."""
    n = int(y.sum())
    m = len(y) - n
    return float((ranks[y == 1].sum() - n * (n + 1) / 2) / (n * m))


def _variance(scores: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """DeLong's variance of the area (DeLong, DeLong and Clarke-Pearson 1988)."""
    now, then = np.sort(scores[y == 1]), np.sort(scores[y == 0])
    over = (np.searchsorted(then, now, "left") + np.searchsorted(then, now, "right")) / (2 * len(then))
    under = 1 - (np.searchsorted(now, then, "left") + np.searchsorted(now, then, "right")) / (2 * len(now))
    return float(over.var(ddof=1) / len(now) + under.var(ddof=1) / len(then))
