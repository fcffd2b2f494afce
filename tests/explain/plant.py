"""A model of the demo's presses or mills, trained on the simulator's past parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from explain.compute.groups import Readings
from mlops_portal.above.demo.sim.catalogue import ASSET_TYPES
from mlops_portal.above.demo.sim.history import History, history
from mlops_portal.above.demo.sim.rules import OK

PAST, NEW = 3000, 1000
SETTINGS: dict[str, Any] = {
    "max_iter": 25, "learning_rate": 0.2, "max_leaf_nodes": 12, "min_samples_leaf": 10,
    "l2_regularization": 1.0,
}  # fmt: skip


@dataclass(frozen=True)
class Trained:
    """``past`` trains, ``new`` is what comes later; ``label`` are places among ``classes``."""

    model: HistGradientBoostingClassifier
    columns: Readings
    classes: list[str]
    past: NDArray[np.float64]
    past_label: NDArray[np.int64]
    new: NDArray[np.float64]
    whole: History


def fitted(
    readings: NDArray[np.float64], label: NDArray[np.int64], **more: Any
) -> HistGradientBoostingClassifier:
    with threadpool_limits(1, user_api="openmp"):
        return HistGradientBoostingClassifier(
            **{**SETTINGS, **more}, early_stopping=False, random_state=1
        ).fit(readings, label)


@cache
def trained(kind: str = "press") -> Trained:
    whole = history(kind, PAST + NEW)
    asset_type, readings = ASSET_TYPES[kind], whole.matrix()
    classes = [OK, *(one.key for one in asset_type.classes)]
    label = np.array([classes.index(one) for one in whole.defect])
    columns = Readings(
        keys=[one.key for one in asset_type.readings],
        group_of=[asset_type.groups[one.group]["en"] for one in asset_type.readings],
        low=[one.band[0] for one in asset_type.readings],
        high=[one.band[1] for one in asset_type.readings],
    )
    return Trained(
        fitted(readings[:PAST], label[:PAST]),
        columns, classes, readings[:PAST], label[:PAST], readings[PAST:], whole,
    )  # fmt: skip
