"""A model in onnxruntime: one thread, no arena, so that it stays small beside the machine's own programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mlops_portal.foundation.wire.inputs import unseen_missing
from mlops_portal.foundation.wire.spec import ModelSpec

TRIES = 5  # answers to the same parts, of which the middle one says how fast a model is


class BadModel(Exception):
    """The artifact cannot be run as its spec says; the sentence says why."""


def matrix(readings: Sequence[Mapping[str, float | None]], spec: ModelSpec) -> NDArray[np.float64]:
    """Readings in the order of the model's columns: float64 (n, features); missing is NaN."""
    rows = [[one.get(feature.key) for feature in spec.features] for one in readings]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(spec.features))


class Model:
    """A loaded artifact."""

    def __init__(self, artifact: bytes, spec: ModelSpec) -> None:
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                artifact, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises classes of its own, without a common base
            raise BadModel(f"onnxruntime cannot load it: {error}") from None
        outputs = [one.name for one in self._session.get_outputs() if one.type.startswith("tensor(float")]
        if len(self._session.get_inputs()) != 1 or not outputs:
            raise BadModel("it needs one input and an output of probabilities")
        self._input, self._output = self._session.get_inputs()[0].name, outputs[-1]
        self._classes = len(spec.classes)
        self._sizes = [len(one.categories) for one in spec.features]

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of ``rows`` float (n, features): float64 (n, classes), in the order of the spec.

        An unseen category reaches the model as a missing reading. BadModel where it fails or answers in
        another shape; a row may hold NaN, see ``wire.inputs.valid``.
        """
        read = unseen_missing(rows, self._sizes)
        try:
            (probabilities,) = self._session.run([self._output], {self._input: read.astype(np.float32)})
        except Exception as error:  # as above
            raise BadModel(f"it fails on a row: {error}") from None
        if probabilities.shape != (len(rows), self._classes):
            raise BadModel(f"it answers {probabilities.shape} where {(len(rows), self._classes)} is due")
        return np.asarray(probabilities, dtype=np.float64)
