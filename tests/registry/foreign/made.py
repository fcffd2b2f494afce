"""Classifiers as other people export them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FEATURES = ["force", "heat", "sound"]
CLASSES = [{"key": "ok", "words": {"en": "Good"}}, {"key": "crack", "words": {"en": "Crack", "de": "Riss"}}]
KINDS = {
    "forest": lambda: make_pipeline(SimpleImputer(), RandomForestClassifier(5, max_depth=4, random_state=0)),
    "logistic": lambda: make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()),
    "network": lambda: make_pipeline(
        SimpleImputer(), StandardScaler(), MLPClassifier((4,), max_iter=20, random_state=0)
    ),
    "no-imputer": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
}


def data(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(0).normal(size=(n, len(FEATURES)))
    return rows.astype(np.float32), np.where(rows[:, 0] + 0.3 * rows[:, 1] > 0, "crack", "ok")


@lru_cache
def fitted(kind: str, numbers: bool = False) -> Any:
    rows, truth = data()
    label = (truth == "crack").astype(np.int64) if numbers else truth
    return KINDS[kind]().fit(rows, label)


@lru_cache
def exported(
    kind: str = "forest",
    *,
    zipmap: bool = False,
    numbers: bool = False,
    given: str = "X",
    fixed: bool = False,
) -> bytes:
    model = fitted(kind, numbers)
    shape = [1 if fixed else None, len(FEATURES)]
    found = to_onnx(
        model,
        initial_types=[(given, FloatTensorType(shape))],
        options={id(model): {"zipmap": zipmap}},
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    return found.SerializeToString()


def changed(change, **how: Any) -> bytes:
    """An exported forest after ``change(model)``."""
    model = onnx.load_model_from_string(exported(**how))
    change(model)
    return model.SerializeToString()


def scores(add: float = 0.0, columns: int = 2) -> bytes:
    """A file that gives the same numbers for every part."""
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "zeros"], ["none"]),
            helper.make_node("Add", ["none", "same"], ["out"]),
        ],
        "scores",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [None, columns])],
        initializer=[
            helper.make_tensor("zeros", TensorProto.FLOAT, [3, columns], [0.0] * 3 * columns),
            helper.make_tensor("same", TensorProto.FLOAT, [columns], [add + 1 / columns] * columns),
        ],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()
