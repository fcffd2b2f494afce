"""Whether a model answers fast enough is judged so that one busy moment refuses no release."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edge_sync.agent.updating import golden_run as module
from edge_sync.agent.updating.golden_run import TRIES, golden_run
from mlops_portal.foundation.wire.golden import Golden
from mlops_portal.foundation.wire.spec import ModelSpec, SpecFeature

SPEC = ModelSpec(
    "press",
    1,
    "a" * 64,
    1,
    (SpecFeature("a", "bar", None, None, (0.0, 1.0, 2.0)),),
    ("ok", "crack"),
    60,
    20,
    0.0,
)
SAMPLES = [Golden(f"G-{n}", {"a": 1.0}, "ok", 0.5, False) for n in range(3)]
LIMIT = 200.0


class Machine:
    """A model and a clock of its own: each answer takes the next of ``ms``, then 1 ms."""

    def __init__(self, *ms: float, says: tuple[float, float] = (0.9, 0.1)) -> None:
        self.ms, self.now, self.asked, self.says = [0.0, *ms], 0.0, -1, says

    def probabilities(self, _values: Any) -> np.ndarray:
        self.now += (self.ms.pop(0) if self.ms else 1.0) / 1000
        self.asked += 1
        return np.array([self.says])

    def perf_counter(self) -> float:
        return self.now


def run(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> module.GoldenRun:
    monkeypatch.setattr(module, "time", machine)
    return golden_run(machine, SPEC, SAMPLES, limit_ms=LIMIT)  # type: ignore[arg-type]  # answers like one


def test_one_slow_answer_refuses_no_release_and_is_reported(monkeypatch):
    done = run(Machine(1, 253), monkeypatch)
    assert done.failed == ""
    assert done.measures() == {
        "golden_samples": 3, "slowest_ms": 1.0, "longest_ms": 253.0, "asked_again": 1,
    }  # fmt: skip


@pytest.mark.parametrize("slow", [2, 3])
def test_the_middle_answer_of_a_sample_counts(monkeypatch, slow):
    done = run(Machine(1, *[253] * slow), monkeypatch)
    assert bool(done.failed) == (slow > TRIES / 2)


def test_a_model_that_is_slow_for_one_kind_of_part_is_refused(monkeypatch):
    done = run(Machine(1, *[300] * TRIES), monkeypatch)
    assert done.failed == "G-1 took 300 ms in the middle of 5 answers, 200 are allowed"
    assert (round(done.slowest_ms), done.asked_again) == (300, 1)


def test_a_fast_model_is_asked_once_for_each_sample(monkeypatch):
    machine = Machine()
    assert run(machine, monkeypatch).failed == ""
    assert machine.asked == len(SAMPLES)


def test_a_wrong_answer_is_refused_however_fast(monkeypatch):
    done = run(Machine(1, says=(0.1, 0.9)), monkeypatch)
    assert done.failed.startswith("G-0 is ok; the model gives it 0.100")


def test_a_borderline_sample_is_run_and_told_and_refuses_no_release(monkeypatch):
    monkeypatch.setattr(module, "time", Machine())
    edge = Golden("G-9", {"a": 1.0}, "crack", 0.5, False, borderline=True)
    done = golden_run(Machine(), SPEC, [SAMPLES[0], edge], limit_ms=LIMIT)  # type: ignore[arg-type]
    assert done.failed == ""
    assert (done.measures()["borderline"], done.measures()["borderline_missed"]) == (1, 1)


def test_a_model_that_gives_a_borderline_sample_no_probabilities_is_refused(monkeypatch):
    monkeypatch.setattr(module, "time", Machine())
    edge = Golden("G-9", {"a": 1.0}, "ok", 0.5, False, borderline=True)
    done = golden_run(Machine(says=(np.nan, np.nan)), SPEC, [edge], limit_ms=LIMIT)  # type: ignore[arg-type]
    assert done.failed == "G-9 got no probabilities"
