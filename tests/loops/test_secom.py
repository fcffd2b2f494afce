"""SECOM: 240 sensors of a semiconductor line, whose second half left what the first one was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import ks_2samp

from explain.models import Explanation
from explain.tasks import alert as explain_alert
from mlops_portal.foundation.registry.selectors import features_of
from monitoring.models import Alert
from tests.loops import data
from tests.loops.world import Loop, Taught


def moved(before: pd.Series, after: pd.Series) -> bool:
    """By a test of all values of both halves, which is no part of the portal."""
    return bool(ks_2samp(before, after).pvalue < 1e-4)


@pytest.mark.slow
def test_the_drift_between_the_halves_is_found_and_explained_by_groups_of_sensors(
    taught_of: Callable[[Taught], Loop], tmp_path: Path
) -> None:
    table = data.secom().drop(columns=["row"])
    half = len(table) // 2
    past, later = table[:half], table[half:]
    loop = taught_of(Taught("secom", past, "label", ("--time", "timestamp")))
    sensors = [one.key for one in features_of(loop.model)]
    names = {one.key: one.group_words["en"] for one in features_of(loop.model)}
    assert set(names) == set(sensors)

    found = loop.replay(data.written(later, tmp_path / "later.csv"), "--time", "timestamp")
    assert found["quarantined"] == {}
    (seen,) = found["alerts"]
    assert seen["row"] <= len(later) / 4  # the second half differs from its first days on
    assert len(seen["features"]) >= 10
    real = {one for one in seen["features"] if one in names and moved(past[one], later[one])}
    assert len(real) >= 0.9 * len([one for one in seen["features"] if one in names])

    alert = Alert.objects.get()
    explain_alert(alert.pk)
    reasons = Explanation.objects.get(subject_kind="alert", subject_id=str(alert.pk)).reasons
    assert {one["group"] for one in reasons} == set(names.values())
    named = {sensor for one in reasons for sensor in one["moved"]}
    assert named == set(alert.features) & set(names)
    together = [one for one in reasons if len(one["moved"]) > 1]
    assert together, "no group of sensors moved together"
