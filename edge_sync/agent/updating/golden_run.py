"""The node's own golden run: the new model must see the golden samples right here, and fast enough.

- every sample's truth gets at least its tolerance of probability;
- every safety sample is judged right;
- borderline samples are run too and must get an answer in time; which one decides nothing;
- no sample takes longer than the limit, the first answer of all (warm-up) apart. One that does is asked
  again, and the median of ``TRIES`` answers counts: a machine that was busy for a moment is no slow model,
  and a model that is slow for one kind of part is.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edge_sync.agent.machine.infer import TRIES, BadModel, Model, matrix
from mlops_portal.foundation.wire.golden import Golden
from mlops_portal.foundation.wire.inputs import valid
from mlops_portal.foundation.wire.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class GoldenRun:
    """``failed`` says what failed, or is empty; times in milliseconds.

    ``slowest_ms``: the slowest sample, by the median where it was asked again; ``longest_ms``: the longest
    single answer; ``asked_again``: how many samples were. ``borderline`` of them count for nothing, though
    ``borderline_missed`` were.
    """

    samples: int
    failed: str = ""
    slowest_ms: float = 0.0
    longest_ms: float = 0.0
    asked_again: int = 0
    borderline: int = 0
    borderline_missed: int = 0

    def measures(self) -> dict[str, float | int]:
        return {
            "golden_samples": self.samples,
            "slowest_ms": round(self.slowest_ms, 3),
            "longest_ms": round(self.longest_ms, 3),
            "asked_again": self.asked_again,
            **({"borderline": self.borderline} if self.borderline else {}),
            **({"borderline_missed": self.borderline_missed} if self.borderline_missed else {}),
        }


def golden_run(model: Model, spec: ModelSpec, samples: Sequence[Golden], *, limit_ms: float) -> GoldenRun:
    """Run ``samples`` one by one, as the machine will."""
    run = GoldenRun(len(samples))
    slow = ""
    try:
        model.probabilities(matrix([{}], spec))
        for one in samples:
            times: list[float] = []
            failed, missed = "", ""
            while not failed and len(times) < (TRIES if times and times[0] > limit_ms else 1):
                started = time.perf_counter()
                probabilities = model.probabilities(matrix([one.readings], spec))
                times.append(1000 * (time.perf_counter() - started))
                failed, missed = _judge(one, spec, probabilities)
            took = statistics.median(times)
            run = replace(
                run,
                failed=failed,
                slowest_ms=max(run.slowest_ms, took),
                longest_ms=max(run.longest_ms, *times),
                asked_again=run.asked_again + (len(times) > 1),
                borderline=run.borderline + one.borderline,
                borderline_missed=run.borderline_missed + bool(missed),
            )
            if failed:
                return run
            if took > limit_ms and not slow:
                slow = (
                    f"{one.code} took {took:.0f} ms in the middle of {len(times)} answers,"
                    f" {limit_ms:.0f} are allowed"
                )
    except BadModel as error:
        return replace(run, failed=str(error))
    return replace(run, failed=slow)


def _judge(one: Golden, spec: ModelSpec, probabilities: np.ndarray) -> tuple[str, str]:
    """(why the release is refused, why a borderline sample is missed); "" for neither."""
    if not valid(probabilities).all():
        return f"{one.code} got no probabilities", ""
    missed = _missed(one, spec, probabilities)
    return ("", missed) if one.borderline else (missed, "")


def _missed(one: Golden, spec: ModelSpec, probabilities: np.ndarray) -> str:
    if one.truth not in spec.classes:
        return f"{one.code} is {one.truth}, which the model does not know"
    probability = float(probabilities[0, spec.classes.index(one.truth)])
    if not one.passed_by(probability):
        return f"{one.code} is {one.truth}; the model gives it {probability:.3f}, due is {one.tolerance:.3f}"
    said = spec.classes[int(np.argmax(probabilities[0]))]
    if one.safety and said != one.truth:
        return f"{one.code} is {one.truth} and concerns safety; the model says {said}"
    return ""
