"""Golden samples against what a model said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_portal.foundation.wire.golden import Golden


def readings(samples: Sequence[Golden], features: Sequence[str]) -> NDArray[np.float64]:
    """Readings of the samples, float64 (n, features), a missing one NaN."""
    table = [[one.readings.get(key) for key in features] for one in samples]
    values = np.array([[np.nan if value is None else float(value) for value in row] for row in table])
    return values.reshape(len(samples), len(features)).astype(np.float64)


def results(
    samples: Sequence[Golden], probabilities: NDArray[np.float64], classes: Sequence[str]
) -> list[dict[str, Any]]:
    """One entry a sample from ``probabilities`` (n, classes).

    A sample passes where its truth gets at least its tolerance; a safety sample must be judged right besides.
    A class that the model does not know has probability 0.
    """
    judged = []
    for sample, row in zip(samples, probabilities, strict=True):
        label = classes[int(np.argmax(row))]
        probability = float(row[classes.index(sample.truth)]) if sample.truth in classes else 0.0
        passed = sample.passed_by(probability) and (label == sample.truth or not sample.safety)
        judged.append(
            {
                "code": sample.code,
                "truth": sample.truth,
                "said": label,
                "probability": round(probability, 6),
                "tolerance": sample.tolerance,
                "safety": sample.safety,
                "borderline": sample.borderline,
                "passed": passed,
            }
        )
    return judged
