"""The ONNX file that nodes run: written from the trained model, run with onnxruntime, compared row by row.

- One input ``readings`` float32 (n, features), NaN where a reading is missing; outputs ``label`` int64 (n,)
  (the class's place in the registered model's list) and ``probabilities`` float32 (n, classes).
- Split thresholds are cut to float32 downward, in the trained model itself: then ``x <= threshold`` holds for
  the same float32 values before and after, and no row takes another branch at the edge than in training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from mlops_portal.foundation.wire.inputs import unseen_missing

if TYPE_CHECKING:
    from mlops_portal.foundation.registry.compute.store import Model

OPSET = {"": 17, "ai.onnx.ml": 3}
CHUNK = 4096


def as_read(readings: ArrayLike, sizes: Sequence[int] = ()) -> NDArray[np.float64]:
    """Readings (n, features) as the model at a node gets them: rounded to float32, held in float64.

    With ``sizes`` (``wire.inputs``) an unseen category is missing.
    """
    with np.errstate(over="ignore"):
        narrow = np.asarray(readings, dtype=np.float64).astype(np.float32)
    finite = np.where(np.isfinite(narrow), narrow, np.float32(np.nan)).astype(np.float64)
    return unseen_missing(finite, sizes) if len(sizes) else finite


def thresholds_to_float32(model: Model) -> None:
    """Cut every split threshold of its trees to the largest float32 that is not above it; in place."""
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    for trees in getattr(last, "_predictors", ()):
        for tree in trees:
            tree.nodes["num_threshold"] = _cut(tree.nodes["num_threshold"])
    for tree in getattr(last, "estimators_", ()):
        tree.tree_.threshold[:] = _cut(tree.tree_.threshold)


def _cut(exact: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        near = exact.astype(np.float32)
    below = np.nextafter(near, np.float32(-np.inf))
    return np.where(near.astype(np.float64) > exact, below, near).astype(np.float64)


def export(model: Model) -> bytes:
    """ONNX bytes of a fitted model."""
    from skl2onnx import to_onnx  # here, with scikit-learn: who runs the file needs neither
    from skl2onnx.common.data_types import FloatTensorType

    onnx = to_onnx(
        model,
        initial_types=[("readings", FloatTensorType([None, model.n_features_in_]))],
        options={id(model): {"zipmap": False}},
        target_opset=OPSET,
    )
    data: bytes = onnx.SerializeToString()
    return data


def session(onnx: bytes) -> onnxruntime.InferenceSession:
    """One thread: rows are few, and the machine has other work."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])


def probabilities(onnx: bytes, readings: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What the edge model says about readings (n, features): labels int64 (n,), float64 (n, classes)."""
    inputs = np.asarray(readings, dtype=np.float64).astype(np.float32)
    run = session(onnx)
    parts = [
        run.run(["label", "probabilities"], {"readings": inputs[start : start + CHUNK]})
        for start in range(0, max(len(inputs), 1), CHUNK)
    ]
    labels = np.concatenate([part[0] for part in parts]).astype(np.int64)
    return labels, np.concatenate([part[1] for part in parts]).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Parity:
    """``largest`` difference of a probability over ``rows``; whether every label was the same."""

    rows: int
    largest: float
    labels_equal: bool


def parity(model: Model, onnx: bytes, readings: ArrayLike) -> Parity:
    """Compare the edge model with the trained one on every row of readings (n, features)."""
    seen = as_read(readings)
    labels, probabilities_edge = probabilities(onnx, seen)
    with threadpool_limits(1, user_api="openmp"):  # on a busy machine two threads wait for each other
        expected = model.predict_proba(seen)
    largest = float(np.abs(probabilities_edge - expected).max()) if len(seen) else 0.0
    return Parity(len(seen), largest, bool(np.array_equal(labels, model.classes_[expected.argmax(1)])))
