"""Tennessee Eastman: faults of a chemical plant are found after they begin, and not before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.loops import data
from tests.loops.world import Loop, Taught

BEGINS = 161
SECONDS, PER_WINDOW = 1800, 10  # a sample every three minutes


@pytest.fixture
def plant(taught_of: Callable[[Taught], Loop]) -> Loop:
    normal = data.tennessee_normal().assign(state="normal")
    known = [data.tennessee(number)[BEGINS + 100 : BEGINS + 106].assign(state="fault") for number in (2, 5)]
    table = pd.concat([*known, normal], ignore_index=True)
    readings = list(data.tennessee_normal().columns)
    loop = taught_of(
        Taught("tennessee", table, readings, "state", good="normal", window_seconds=SECONDS, ordered=True)
    )
    loop.train_here(max_iter=10)
    return loop


@pytest.mark.slow
@pytest.mark.parametrize("fault", [0, 1, 4, 6])
def test_a_fault(plant: Loop, tmp_path: Path, fault: int) -> None:
    rows = data.tennessee(fault)
    if not fault:
        rows = rows[:400]
    found = plant.replay(
        data.written(rows, tmp_path / "run.csv"), "--per-window", str(PER_WINDOW), "--part", "sample"
    )
    print(fault, found["windows"], found["seconds"])
    for one in found["alerts"]:
        print(fault, one["row"], len(one["features"]), one["features"][:10])
