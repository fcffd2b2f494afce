"""Real models of a small press: a crack shows in a high force."""

from __future__ import annotations

from functools import cache

import numpy as np
import onnx
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CLASSES = ("ok", "crack")


def data(seed: int = 0, n: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    rows = np.column_stack([draw.normal(800, 10, n), draw.normal(23, 0.4, n)])
    return rows, (rows[:, 0] > 805).astype(int)


def _export(model: object, classes: np.ndarray) -> bytes:
    rows, _truth = data()
    found = to_onnx(model, rows[:1].astype(np.float32), options={"zipmap": False}, target_opset=17)
    return found.SerializeToString()


@cache
def good() -> bytes:
    """Version 1."""
    rows, truth = data()
    return _export(make_pipeline(StandardScaler(), LogisticRegression(C=100)).fit(rows, truth), truth)


@cache
def better() -> bytes:
    """Version 2; a few hundred kB, so that its download can break off."""
    rows, truth = data(1, 4000)
    return _export(HistGradientBoostingClassifier(max_iter=150, random_state=1).fit(rows, truth), truth)


@cache
def blind() -> bytes:
    """Learned from turned labels: fails the golden samples."""
    rows, truth = data()
    return _export(make_pipeline(StandardScaler(), LogisticRegression(C=100)).fit(rows, 1 - truth), truth)


@cache
def brittle() -> bytes:
    """Sees the golden samples right and gives NaN above 900 kN."""
    x = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 2])
    out = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])
    constants = [
        helper.make_tensor("first", TensorProto.INT64, [1], [0]),
        helper.make_tensor("middle", TensorProto.FLOAT, [1], [805.0]),
        helper.make_tensor("end", TensorProto.FLOAT, [1], [900.0]),
        helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]),
        helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0]),
    ]
    nodes = [
        helper.make_node("Gather", ["X", "first"], ["force"], axis=1),
        helper.make_node("Sub", ["force", "middle"], ["over"]),
        helper.make_node("Sigmoid", ["over"], ["p"]),
        helper.make_node("Sub", ["end", "force"], ["room"]),
        helper.make_node("Sqrt", ["room"], ["root"]),
        helper.make_node("Mul", ["root", "zero"], ["trap"]),
        helper.make_node("Add", ["p", "trap"], ["crack"]),
        helper.make_node("Sub", ["one", "crack"], ["ok"]),
        helper.make_node("Concat", ["ok", "crack"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(nodes, "brittle", [x], [out], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()
