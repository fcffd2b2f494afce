"""A model for the shop as somebody else trains and exports it."""

from __future__ import annotations

from typing import Any

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from mlops_portal.foundation.registry.compute import datasets
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.services import artifact_read
from tests.labeling.plant import Shop


def trained_elsewhere(shop: Shop, *, trees: int = 20, seed: int = 0) -> Any:
    """A random forest over the shop's own past parts but the newest fifth, its classes in words."""
    keys = [one.key for one in features_of(shop.model)]
    table = datasets.decode(artifact_read(shop.dataset.artifact), keys)
    old = np.argsort(table.at)[: int(len(table.at) * 0.7)]
    model = make_pipeline(SimpleImputer(), RandomForestClassifier(trees, random_state=seed))
    return model.fit(table.readings[old].astype(np.float32), np.array(table.label)[old])


def exported(model: Any, *, zipmap: bool = True) -> bytes:
    found = to_onnx(
        model,
        initial_types=[("float_input", FloatTensorType([None, model.n_features_in_]))],
        options={id(model): {"zipmap": zipmap}},
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    data: bytes = found.SerializeToString()
    return data
