"""AI4I: three of a hundred parts fail, by physical rules; the order of the file is that of time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labeling.transitions import Trigger
from monitoring.models import Alert, Prediction
from tests.loops import data
from tests.loops.world import Loop, Taught, started

PAST, SHOWN, CLEAN = 4000, 800, 300


@pytest.mark.slow
def test_from_worn_torque_readings_to_version_2_on_the_machine(
    loop_of: Callable[[Taught], Loop], tmp_path: Path
) -> None:
    table = data.ai4i()
    past, later = table[:PAST], table[PAST : PAST + SHOWN]
    causes = ("TWF", "HDF", "PWF", "OSF", "RNF")  # they record the same outcome
    options = ("--part", "Product ID", "--time", "UDI", "--ignore", *causes)
    loop = loop_of(Taught("milling", past, "Machine failure", options))
    first = started(loop)
    truth = loop.work(later[:30])

    path = data.written(later, tmp_path / "later.csv")
    found = loop.replay(path, "--part", "Product ID", "--shift", f"Torque [Nm]=+1sd@{CLEAN + 1}")
    assert found["released"]
    (seen,) = found["alerts"]
    assert "torque" in seen["features"]
    assert CLEAN < seen["row"] <= CLEAN + 200

    alert = Alert.objects.get()
    asked = loop.ask(alert, first, 40)
    assert asked > 0
    assert loop.answer(truth | loop.truths(found["run"], later, "Product ID")) == asked

    second = loop.train(Trigger.DRIFT, alert=alert)
    loop.approve(second)
    loop.release()
    assert loop.running() == second.artifact_id
    assert Prediction.objects.filter(version=first, node__slug="replay-line-2").count() == SHOWN
