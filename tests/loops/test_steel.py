"""Steel plates: people label seven kinds of faults, and the loop closes on what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labeling.transitions import Trigger
from mlops_portal.foundation.registry.compute.tables.headings import keys_of
from monitoring.models import Alert
from tests.loops import data
from tests.loops.world import Loop, Taught, started

HELD_BACK, CLEAN = 600, 250
MOVED = ("Luminosity_Index", "Steel_Plate_Thickness")


@pytest.mark.slow
def test_from_a_shift_on_two_readings_to_version_2_on_the_machine(
    loop_of: Callable[[Taught], Loop], tmp_path: Path
) -> None:
    table = data.steel()
    past, later = table[:-HELD_BACK], table[-HELD_BACK:]
    loop = loop_of(Taught("steel", past, "fault", ("--normal", "Other_Faults"), overlapping=True))
    first = started(loop)
    truth = loop.work(later[:30])

    path = data.written(later, tmp_path / "later.csv")
    shifts = [part for one in MOVED for part in ("--shift", f"{one}=+1sd@{CLEAN + 1}")]
    found = loop.replay(path, *shifts)
    assert found["released"], found
    assert found["version"] == 1
    (seen,) = found["alerts"]
    assert CLEAN < seen["row"] <= HELD_BACK
    assert set(seen["features"]) & set(keys_of(MOVED))

    alert = Alert.objects.get()
    asked = loop.ask(alert, first, 60)
    assert asked == 60
    assert loop.answer(truth | loop.truths(found["run"], later)) == 60

    second = loop.train(Trigger.DRIFT, alert=alert)
    assert second.number == 2
    assert second.parent == first
    loop.approve(second)
    loop.release()
    assert loop.running() == second.artifact_id
