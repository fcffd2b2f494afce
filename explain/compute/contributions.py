"""SHAP values of a model, each row held against the model itself.

- Shapley values of the trees with the training rows as background (``tree_path_dependent``; Lundberg et al.
  2020, "From local explanations to global understanding with explainable AI for trees").
- Of straight lines in closed form: coefficient × distance from the past's mean, readings taken for
  independent (Lundberg and Lee 2017, section 4.1). Of a forest in shares of its votes instead of log-odds.
- shap checks the sums against its own copy of the trees, and that copy can be wrong without a word
  (categories in histogram gradient boosting, by 11 log-odds). So every row's sum is compared with what the
  model says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from explain.errors import LARGEST_DIFFERENCE


@dataclass(frozen=True, slots=True)
class Contributions:
    """``values`` float64 (n, features, classes) in log-odds, ``base`` (classes,), ``output`` (n, classes) as
    the model itself says, ``difference`` (n,): the largest gap between sum and output over the classes."""

    values: NDArray[np.float64]
    base: NDArray[np.float64]
    output: NDArray[np.float64]
    difference: NDArray[np.float64]

    @property
    def said(self) -> NDArray[np.int64]:
        """The class that the model says, as a column: int64 (n,)."""
        return self.output.argmax(1)

    @property
    def trusted(self) -> bool:
        """Every row's sum is the model's output; False also where one is not a number."""
        return bool(np.all(self.difference <= LARGEST_DIFFERENCE))

    def of_said(self) -> NDArray[np.float64]:
        """Contributions to the class that the model says of each row: float64 (n, features)."""
        return self.values[np.arange(len(self.values)), :, self.said]


class Explainer:
    """Explains one fitted model of ours: trees, or a pipeline that ends in lines or a forest; making it costs
    0.1 s, so keep it."""

    def __init__(self, model: Any) -> None:
        self.model = model
        steps = list(getattr(model, "steps", ()))
        self._last = steps[-1][1] if steps else model
        self._before = model[:-1] if steps else None
        self._lines = hasattr(self._last, "coef_")
        if not self._lines:
            import shap  # 200 MB and seconds: only the process that explains pays for them

            self._trees = shap.TreeExplainer(self._last, feature_perturbation="tree_path_dependent")

    def _values(self, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if not self._lines:
            values = np.asarray(self._trees.shap_values(rows, check_additivity=False), dtype=np.float64)
            return values, np.atleast_1d(np.asarray(self._trees.expected_value, dtype=np.float64))
        values = rows[:, :, None] * self._last.coef_.T[None]
        return values, np.asarray(self._last.intercept_, dtype=np.float64)

    def _output(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        has_scores = hasattr(self.model, "decision_function")
        says = self.model.decision_function if has_scores else self.model.predict_proba
        with threadpool_limits(1, user_api="openmp"):  # threads cost more than they save on a busy machine
            return np.asarray(says(readings), dtype=np.float64)

    def explain(self, readings: NDArray[np.float64]) -> Contributions:
        """``readings`` float64 (n, features), NaN where missing; n ≥ 1."""
        rows = readings if self._before is None else self._before.transform(readings)
        values, base = self._values(np.asarray(rows, dtype=np.float64))
        output = self._output(readings)
        if output.ndim == 1:  # two classes have one score, that of the second
            values = values[..., None] if values.ndim == 2 else values[..., -1:]
            values, output = np.concatenate([-values, values], -1), np.column_stack([-output, output])
            base = np.array([-base[-1], base[-1]])
        return Contributions(values, base, output, np.abs(values.sum(1) + base - output).max(1))
