"""Rows are judged in the order of time, whatever order the file has, and as far apart as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from mlops_portal.above.backtests.tasks.drift import drift
from mlops_portal.above.backtests.tasks.ordering import apart, in_time_order, moments_of
from mlops_portal.foundation.registry.compute.tables.read import read
from tests.backtests.shop import written

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
CHOSEN = {"window": 20, "false_alarms": 5.0, "ignore": [], "starts": None}


def table(
    folder: Path, name: str, n: int, *, seconds: int = 12, mixed: bool = False, shift_at: int | None = None
):
    rng = np.random.default_rng(n)
    force = 100 + rng.standard_normal(n)
    if shift_at is not None:
        force[shift_at:] += 3
    moments = [(START + timedelta(seconds=seconds * at)).isoformat() for at in range(n)]
    rows = [f"{at},{value:.4f}" for at, value in zip(moments, force, strict=True)]
    if mixed:
        rows = [rows[at] for at in np.random.default_rng(3).permutation(n)]
    path = written(folder, name, ["made_at,force", *rows])
    return read(path, name=name)


def test_a_table_in_another_order_gives_the_same_alerts_and_says_so(tmp_path):
    reference = table(tmp_path, "r.csv", 300)
    plain = drift(reference, table(tmp_path, "a.csv", 240, shift_at=160), CHOSEN).whole
    mixed = drift(reference, table(tmp_path, "b.csv", 240, shift_at=160, mixed=True), CHOSEN).whole
    assert mixed["alerts"] == plain["alerts"] == [160]
    assert any("not in the order of time" in note and "made_at" in note for note in mixed["notes"])
    assert not any("order of time" in note for note in plain["notes"])


def test_rows_without_one_whole_column_of_moments_stay_as_they_stand(tmp_path):
    frame = table(tmp_path, "m.csv", 60, mixed=True)
    assert moments_of(frame) == "made_at"
    frame.columns["made_at"][7] = np.nan
    assert in_time_order(frame, "The stream") == (frame, [])


@pytest.mark.parametrize(("seconds", "rows"), [(96, 8.0), (12, 1.0), (6, 1.0)])
def test_how_far_the_rows_of_the_reference_lie_apart_is_read_from_both_tables(tmp_path, seconds, rows):
    reference = table(tmp_path, "r.csv", 100, seconds=seconds)
    assert apart(reference, table(tmp_path, "s.csv", 100)) == rows


def test_a_reference_that_is_a_sample_of_the_rows_says_so(tmp_path):
    reference = table(tmp_path, "r.csv", 300, seconds=96)
    notes = drift(reference, table(tmp_path, "s.csv", 120), CHOSEN).whole["notes"]
    assert any("about one row for 8" in note for note in notes)
