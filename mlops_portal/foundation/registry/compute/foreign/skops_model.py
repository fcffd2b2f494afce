"""A scikit-learn classifier in a skops file from outside, written as ONNX without ever judging a part here.

skops builds only types that are harmless to build, and the three below, whose arrays are read and never run.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from zipfile import BadZipFile, ZipFile

import skops.io
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

from mlops_portal.foundation.registry.compute.edge_model import OPSET
from mlops_portal.foundation.registry.compute.foreign import content
from mlops_portal.foundation.registry.compute.foreign.refusal import ForeignUnfit, first_line, gettext_noop

TRUSTED = [
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
]
UNPACKED = 512 << 20


def as_onnx(data: bytes, *, name: str, features: Sequence[str]) -> bytes:
    """ONNX bytes of the classifier in a skops file. Raises ForeignUnfit."""
    if content.is_pickle(data):
        raise ForeignUnfit(content.PICKLE, name=name)
    model = _built(data, name)
    if not hasattr(model, "predict_proba") or not hasattr(model, "classes_"):
        raise ForeignUnfit(
            gettext_noop("{name} holds {kind}, which gives no probabilities; bring a fitted classifier."),
            name=name, kind=type(model).__name__,
        )  # fmt: skip
    count = getattr(model, "n_features_in_", len(features))
    try:
        made = to_onnx(
            model,
            initial_types=[("readings", FloatTensorType([None, int(count)]))],
            options={id(model): {"zipmap": False}},
            target_opset=OPSET,
        )
    except Exception as error:  # converters of many classes, each with errors of its own
        raise ForeignUnfit(
            gettext_noop("{name} cannot be written as ONNX: {why}. Export it as ONNX yourself."),
            name=name, why=first_line(error),
        ) from None  # fmt: skip
    onnx: bytes = made.SerializeToString()
    return onnx


def _built(data: bytes, name: str) -> Any:
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise ForeignUnfit(
                    gettext_noop("{name} grows beyond {most} MB when it is unpacked; it was not opened."),
                    name=name, most=UNPACKED >> 20,
                )  # fmt: skip
        foreign = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))
        if foreign:
            raise ForeignUnfit(
                gettext_noop("{name} holds the type {kind}, which is not built from a file that came from "
                             "outside. Export the model as ONNX."), name=name, kind=foreign[0],
            )  # fmt: skip
        return skops.io.loads(data, trusted=TRUSTED)
    except ForeignUnfit:
        raise
    except BadZipFile:
        raise ForeignUnfit(gettext_noop("{name} is no skops file; store it again."), name=name) from None
    except Exception as error:  # a damaged file fails wherever skops happens to be
        raise ForeignUnfit(
            gettext_noop("{name} cannot be opened as a skops file: {why}."), name=name, why=first_line(error)
        ) from None
