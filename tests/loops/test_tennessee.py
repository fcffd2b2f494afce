"""Tennessee Eastman: faults of a chemical plant are found after they begin, and not before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.loops import data
from tests.loops.world import Loop, Taught

BEGINS = 161
SHOWN = 320
PER_WINDOW = 10  # a sample every three minutes


def replayed(plant: Loop, folder: Path, fault: int) -> list[dict[str, Any]]:
    """The alerts of the first ``SHOWN`` samples of a run, as those of a machine of its own."""
    rows = data.tennessee(fault)[:SHOWN].drop(columns=["fault", "fault_active"])
    path = data.written(rows, folder / f"run-{fault}.csv")
    machine = plant.another_machine(f"reactor-{fault}")
    found = plant.replay(path, "--machine", machine.slug, "--per-window", str(PER_WINDOW))
    assert found["quarantined"] == {}
    alerts: list[dict[str, Any]] = found["alerts"]
    return alerts


@pytest.mark.slow
def test_faults_open_one_alert_each_after_they_began_and_normal_operation_none(
    taught_of: Callable[[Taught], Loop], tmp_path: Path
) -> None:
    normal = data.tennessee_normal().assign(state="normal")
    known = [data.tennessee(number)[BEGINS + 100 : BEGINS + 106].assign(state="fault") for number in (2, 5)]
    table = pd.concat([*known, normal], ignore_index=True)[[*normal.columns]]
    table["sample"] = range(len(table))  # the rows stand in the order of time
    plant = taught_of(Taught("tennessee", table, "state", ("--normal", "normal", "--time", "sample")))

    assert replayed(plant, tmp_path, 0) == []
    for fault in (1, 4, 6):
        (alert,) = replayed(plant, tmp_path, fault)
        assert BEGINS <= alert["row"] <= BEGINS + 60, fault
