"""The classifier two-sample test: can a classifier tell then from now? (Lopez-Paz and Oquab 2017)

- Out-of-fold scores (cross-fitting), so that a forest which knows its rows by heart proves nothing; folds
  hold whole blocks, so that a neighbour gives nothing away.
- The area under the ROC curve is 0.5 where nothing changed. Its p is that of a permutation of the blocks'
  sides; the forest is not fitted again, as each fold's scores do not know its sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitoring.drift.compute.multivariate.blocks import (
    FOLDS,
    Apart,
    Sides,
    apart,
)

TREES, DEPTH = 60, 12


@dataclass(frozen=True, slots=True)
class TwoSample:
    """``ranked``: what gives it away, (place of the column, share of the importance), the most telling
    first."""

    apart: Apart
    ranked: tuple[tuple[int, float], ...]


def two_sample(rows: NDArray[np.float64], sides: Sides, *, seed: int = 0) -> TwoSample:
    """Tell the sides of ``rows`` (n, d) apart, NaN where a reading is missing."""
    from sklearn.ensemble import RandomForestClassifier  # here: it takes long to load, and few tasks need it

    random = np.random.default_rng(seed)
    x, d = _filled(rows), rows.shape[1]
    scores, importance = np.zeros(len(x)), np.zeros(x.shape[1])
    for fold in range(FOLDS):
        out = sides.fold == fold
        forest = RandomForestClassifier(
            TREES,
            max_depth=DEPTH,
            min_samples_leaf=5,
            class_weight="balanced",
            random_state=seed + fold,
            n_jobs=1,
        )
        forest.fit(x[~out], sides.now[~out])
        scores[out] = forest.predict_proba(x[out])[:, 1]
        importance += forest.feature_importances_
    shares = importance[:d] + importance[d:]
    shares = shares / shares.sum() if shares.sum() else shares
    order = np.argsort(-shares, kind="stable")
    return TwoSample(
        apart(scores, sides, random), tuple((int(place), float(shares[place])) for place in order)
    )


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
