"""SECOM: 240 sensors of a semiconductor line, whose second half left what the first one was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explain.compute import blocks
from explain.models import Explanation
from explain.tasks import alert as explain_alert
from monitoring.models import Alert
from tests.loops import data
from tests.loops.world import Loop, Taught

DAY = 86_400


@pytest.mark.slow
def test_the_drift_between_the_halves_is_found_and_explained_by_groups_of_sensors(
    taught_of: Callable[[Taught], Loop], tmp_path: Path
) -> None:
    table = data.secom()
    half = len(table) // 2
    past, later = table[:half], table[half:]
    sensors = list(table.columns[3:])
    group = blocks.groups(sensors, past[sensors].to_numpy(np.float64))
    names = dict(zip(sensors, blocks.names(sensors, group), strict=True))
    loop = taught_of(
        Taught("secom", past, sensors, "label", good="0", group=names, window_seconds=DAY, ordered=True)
    )
    loop.train_here()

    found = loop.replay(data.written(later, tmp_path / "later.csv"), "--time", "timestamp")
    print({k: v for k, v in found.items() if k != "alerts"})
    for one in found["alerts"]:
        print(one["row"], one["since"], len(one["features"]), one["features"][:10])
    explain_alert(Alert.objects.get().pk)
    for one in Explanation.objects.all():
        print(one.subject_kind, one.rows, one.difference)
        for r in one.reasons[:8]:
            print(r)
