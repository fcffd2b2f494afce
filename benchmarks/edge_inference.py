"""The edge node's inferring process: a model of 100 trees and 20 readings, beside scikit-learn."""

from __future__ import annotations

import pickle
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.apart import apart, seconds_of
from benchmarks.rows import Row, beside

TITLE = "Edge inference"
MEMORY, FIRST = 80, 1.0
TREES = 100


def make(folder: str) -> None:
    """Fit the model, and leave it as ONNX and as a pickle of our own."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    from mlops_portal.foundation.registry.compute import edge_model

    rows = data.reference(5_000)
    truth = (rows[:, 0] + rows[:, 1] * rows[:, 2] > 0.5).astype(int)
    model = HistGradientBoostingClassifier(max_iter=TREES, early_stopping=False, random_state=0).fit(
        rows, truth
    )
    edge_model.thresholds_to_float32(model)
    (Path(folder) / "model.onnx").write_bytes(edge_model.export(model))
    (Path(folder) / "model.pickle").write_bytes(pickle.dumps(model))


def ours(folder: str) -> dict[str, Any]:
    """Seconds since the process began until the first prediction, then seconds for each row alone."""
    from edge_sync.agent.machine.infer import Model

    spec = SimpleNamespace(features=[SimpleNamespace(categories=())] * data.FEATURES, classes=["good", "bad"])
    model = Model((Path(folder) / "model.onnx").read_bytes(), spec)
    return _asked(model.probabilities)


def peer(folder: str) -> dict[str, Any]:
    model = pickle.loads((Path(folder) / "model.pickle").read_bytes())
    return _asked(model.predict_proba)


def _asked(predict: Any) -> dict[str, Any]:
    row = np.zeros((1, data.FEATURES))
    predict(row)
    first = time.process_time()
    return {"first": first, "row": seconds_of(lambda: [predict(row) for _ in range(200)]) / 200}


def measure(quick: bool) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        apart(make, folder=folder)
        mine, other = apart(ours, folder=folder), apart(peer, folder=folder)
    beside_it = {"peer": "scikit-learn"}
    return [
        beside(
            f"memory with {TREES} trees",
            mine.peak_mb,
            "MB",
            goal=f"< {MEMORY} MB",
            peer_figure=other.peak_mb,
            met=mine.peak_mb < MEMORY,
            note="the process's peak",
            **beside_it,
        ),
        beside(
            "first prediction after start",
            mine.result["first"],
            "s",
            goal=f"< {FIRST:.0f} s",
            peer_figure=other.result["first"],
            met=mine.result["first"] < FIRST,
            **beside_it,
        ),
        beside(
            "one row",
            mine.result["row"] * 1e6,
            "µs",
            peer_figure=other.result["row"] * 1e6,
            **beside_it,
        ),
    ]
