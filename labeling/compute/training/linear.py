"""Straight lines in log-odds: a multinomial logistic regression that can start from another one.

- Trees say the same for every value beyond the last split, so on parts that leave the range of the past
  (a tool that wears on) they say what they said of the last part that they knew; lines go on.
- ``start``: the penalty draws the coefficients towards those of a model of the past instead of towards 0, so
  a handful of labels moves only what they speak of (Chelba and Acero 2006, "Adaptation of maximum entropy
  capitalizer: little data can help a lot"; Evgeniou and Pontil 2004, "Regularized multi-task learning").
- The result is a scikit-learn pipeline: missing readings count as the past's median, readings are scaled by
  the past, so that weights of recent parts move no scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
STEPS = 200


@dataclass(frozen=True, slots=True)
class Scale:
    """Median, mean and deviation of each reading of the past, float64 (d,)."""

    median: Floats
    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, rows: Floats) -> Scale:
        """Of ``rows`` (n, d), NaN where missing; a reading without value or spread is 0 everywhere."""
        empty = np.isnan(rows).all(axis=0)
        median = np.nanmedian(np.where(empty, 0.0, rows), axis=0)
        whole = np.where(np.isnan(rows), median, rows)
        mean, deviation = whole.mean(axis=0), whole.std(axis=0)
        still = deviation <= 1e-9 * (1.0 + np.abs(mean))
        return cls(median, mean, np.where(still, np.inf, deviation))

    def __call__(self, rows: Floats) -> Floats:
        """Rows (n, d) at mean 0 and deviation 1 of the past."""
        return (np.where(np.isnan(rows), self.median, rows) - self.mean) / self.deviation


def coefficients(
    rows: Floats, label: Labels, weight: Floats, classes: int, *, start: Floats | None, penalty: float
) -> Floats:
    """Float64 (classes, d + 1), the last column the intercepts, of scaled ``rows`` (n, d), ``label`` (n,)
    from 0 and ``weight`` (n,).

    The minimum of weighted log loss + ``penalty`` / 2 × squared distance from ``start`` (None: from 0, where
    intercepts are free).
    """
    one = np.c_[rows, np.ones(len(rows))]
    centre = np.zeros((classes, one.shape[1])) if start is None else start
    pull = np.full(centre.shape, penalty)
    pull[:, -1] *= 1e-3 if start is None else 0.3
    truth = np.eye(classes)[label]

    def cost(flat: Floats) -> tuple[float, Floats]:
        now = flat.reshape(centre.shape)
        says, logs = _softmax(one @ now.T)
        away = now - centre
        slope = ((says - truth) * weight[:, None]).T @ one + pull * away
        value = -float(weight @ logs[np.arange(len(label)), label]) + 0.5 * float((pull * away**2).sum())
        return value, slope.ravel()

    best = minimize(cost, centre.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(best.x, dtype=np.float64).reshape(centre.shape)


def _softmax(scores: Floats) -> tuple[Floats, Floats]:
    """Probabilities and their logarithms, (n, classes) each."""
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return np.exp(logs), logs


def said(of: Floats, rows: Floats) -> Floats:
    """Probabilities (n, classes) of scaled ``rows`` under coefficients ``of`` (classes, d + 1)."""
    return _softmax(np.c_[rows, np.ones(len(rows))] @ of.T)[0]


def pipeline(of: Floats, scale: Scale, classes: Labels) -> Pipeline:
    """The model as scikit-learn has it; ``classes`` int64 (k,), the registered places that the rows of ``of``
    stand for."""
    width = len(scale.mean)
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    fill.fit(np.zeros((1, width)))
    fill.statistics_ = scale.median.copy()
    scaler = StandardScaler()
    scaler.fit(np.zeros((1, width)))
    scaler.mean_, scaler.scale_ = (
        scale.mean.copy(),
        np.where(np.isfinite(scale.deviation), scale.deviation, 1.0),
    )
    scaler.var_ = scaler.scale_**2
    lines = LogisticRegression(max_iter=STEPS)
    two = len(classes) == 2
    own = np.where(np.isfinite(scale.deviation), of[:, :-1], 0.0)
    lines.classes_ = classes.copy()
    lines.coef_ = own[1:] - own[:1] if two else own
    lines.intercept_ = of[1:, -1] - of[:1, -1] if two else of[:, -1].copy()
    lines.n_features_in_, lines.n_iter_ = width, np.array([STEPS], dtype=np.int32)
    return Pipeline([("fill", fill), ("scale", scaler), ("lines", lines)])
