"""Models that are quick to fit again and again; they take missing readings as they are, on one thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Learner = Callable[[int, Floats, Labels], Any]
"""Seed, readings (n, d), classes (n,) → a fitted model."""
MEMBERS = 7


def weights(label: Labels) -> Floats:
    """Rare classes weigh the root of (largest / own) times as much, as retraining has it by default; (n,)."""
    counts = np.bincount(label)
    weight: Floats = np.sqrt(counts.max() / counts[label])
    return weight / weight.mean()


def forest(seed: int, rows: Floats, label: Labels) -> Any:
    """Random forest: good from the first few labels on."""
    model = RandomForestClassifier(n_estimators=40, random_state=seed, n_jobs=1)
    return model.fit(rows, label, sample_weight=weights(label))


def boosting(seed: int, rows: Floats, label: Labels) -> Any:
    """The kind of model that retraining makes, smaller."""
    model = HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=15, min_samples_leaf=3, early_stopping=False, random_state=seed
    )
    return model.fit(rows, label, sample_weight=weights(label))


def logistic(seed: int, rows: Floats, label: Labels) -> Any:
    """Straight lines on scaled readings; missing ones count as the mean."""
    model = make_pipeline(
        SimpleImputer(keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=300, random_state=seed),
    )
    return model.fit(rows, label, logisticregression__sample_weight=weights(label))


LEARNERS: dict[str, Learner] = {"forest": forest, "boosting": boosting, "logistic": logistic}


@dataclass(frozen=True, slots=True)
class Committee:
    """Members of different minds; ``estimators_`` know the classes as places among ``classes_``, as the trees
    of a forest do."""

    classes_: Labels
    estimators_: list[Any]

    def predict_proba(self, rows: Floats) -> Floats:
        """Mean of the members, (n, classes)."""
        mean: Floats = np.mean([one.predict_proba(rows) for one in self.estimators_], axis=0)
        return mean


def committee(learner: str, seed: int, rows: Floats, label: Labels) -> Any:
    """Members fitted on resamples of their own, each class resampled apart so that none lacks one; a forest
    has its trees already."""
    if learner == "forest":
        return forest(seed, rows, label)
    random = np.random.default_rng(seed)
    classes, place = np.unique(label, return_inverse=True)
    mine = [np.flatnonzero(place == one) for one in range(len(classes))]
    drawn = [np.concatenate([random.choice(some, len(some)) for some in mine]) for _ in range(MEMBERS)]
    members = [LEARNERS[learner](seed + n, rows[which], place[which]) for n, which in enumerate(drawn)]
    return Committee(classes, members)
