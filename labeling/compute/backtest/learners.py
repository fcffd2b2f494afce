"""Models that are quick to fit again and again; they take missing readings as they are, on one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.ensemble import BaggingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Learner = Callable[[int], Any]


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


def with_members(make: Learner, seed: int) -> Any:
    """A model whose ``estimators_`` can be of different minds; a forest has its trees already."""
    model = make(seed)
    if isinstance(model, RandomForestClassifier):
        return model
    return BaggingClassifier(model, n_estimators=7, random_state=seed, n_jobs=1)
