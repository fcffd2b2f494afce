"""Models that are quick to fit again and again; they take missing readings as they are, on one thread."""

from __future__ import annotations

from collections.abc import Callable
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
Learner = Callable[[int], Any]
MEMBERS = 7


def forest(seed: int) -> Any:
    """Random forest: good from the first few labels on."""
    return RandomForestClassifier(n_estimators=40, random_state=seed, n_jobs=1)


def boosting(seed: int) -> Any:
    """The kind of model that retraining makes, smaller."""
    return HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=15, min_samples_leaf=3, early_stopping=False, random_state=seed
    )


def logistic(seed: int) -> Any:
    """Straight lines on scaled readings; missing ones count as the mean."""
    return make_pipeline(
        SimpleImputer(keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=300, random_state=seed),
    )


LEARNERS: dict[str, Learner] = {"forest": forest, "boosting": boosting, "logistic": logistic}


class Committee:
    """Members fitted on resamples of their own, each class resampled apart so that none lacks one."""

    def __init__(self, make: Learner, seed: int, members: int = MEMBERS) -> None:
        self.make, self.seed, self.members = make, seed, members

    def fit(self, rows: Floats, label: Labels) -> Committee:
        """``estimators_`` know the classes as places among ``classes_``, as the trees of a forest do."""
        random = np.random.default_rng(self.seed)
        self.classes_, place = np.unique(label, return_inverse=True)
        mine = [np.flatnonzero(place == one) for one in range(len(self.classes_))]
        drawn = [
            np.concatenate([random.choice(some, len(some)) for some in mine]) for _ in range(self.members)
        ]
        self.estimators_ = [
            self.make(self.seed + number).fit(rows[which], place[which]) for number, which in enumerate(drawn)
        ]
        return self

    def predict_proba(self, rows: Floats) -> Floats:
        """Mean of the members, (n, classes)."""
        found: Floats = np.mean([one.predict_proba(rows) for one in self.estimators_], axis=0)
        return found


def with_members(make: Learner, seed: int) -> Any:
    """A model whose ``estimators_`` can be of different minds; a forest has its trees already."""
    model = make(seed)
    return model if isinstance(model, RandomForestClassifier) else Committee(make, seed)
