"""The node's own golden run: the new model must see the golden samples right here, and fast enough.

- every sample's truth gets at least its tolerance of probability;
- every safety sample is judged right;
- no single answer takes longer than the limit, the first one (warm-up) apart.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge_sync.agent.machine.infer import BadModel, Model, matrix
from mlops_portal.foundation.wire.golden import Golden
from mlops_portal.foundation.wire.inputs import valid
from mlops_portal.foundation.wire.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class GoldenRun:
    """``failed`` says what failed, or is empty; times in milliseconds."""

    samples: int
    failed: str
    slowest_ms: float

    def measures(self) -> dict[str, float | int]:
        return {"golden_samples": self.samples, "slowest_ms": round(self.slowest_ms, 3)}


def golden_run(model: Model, spec: ModelSpec, samples: Sequence[Golden], *, limit_ms: float) -> GoldenRun:
    """Run ``samples`` one by one, as the machine will."""
    slowest = 0.0
    try:
        model.probabilities(matrix([{}], spec))
        for one in samples:
            started = time.perf_counter()
            probabilities = model.probabilities(matrix([one.readings], spec))
            slowest = max(slowest, 1000 * (time.perf_counter() - started))
            failed = _judge(one, spec, probabilities)
            if failed:
                return GoldenRun(len(samples), failed, slowest)
    except BadModel as error:
        return GoldenRun(len(samples), str(error), slowest)
    if slowest > limit_ms:
        return GoldenRun(
            len(samples), f"an answer took {slowest:.0f} ms, {limit_ms:.0f} are allowed", slowest
        )
    return GoldenRun(len(samples), "", slowest)


def _judge(one: Golden, spec: ModelSpec, probabilities: np.ndarray) -> str:
    if not valid(probabilities).all():
        return f"{one.code} got no probabilities"
    if one.truth not in spec.classes:
        return f"{one.code} is {one.truth}, which the model does not know"
    probability = float(probabilities[0, spec.classes.index(one.truth)])
    if not one.passed_by(probability):
        return f"{one.code} is {one.truth}; the model gives it {probability:.3f}, due is {one.tolerance:.3f}"
    said = spec.classes[int(np.argmax(probabilities[0]))]
    if one.safety and said != one.truth:
        return f"{one.code} is {one.truth} and concerns safety; the model says {said}"
    return ""
