"""Limits for counts are held against the rows that a version learned from."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import calibration_grid, process
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng


def rows_with_cold_starts():
    """Two readings; the second falls for a while after every 100th row, as a spindle that stood still."""
    rows = autoregressive(0.3, 3_000, 2, RNG(1))
    since = np.arange(3_000) % 100
    rows[:, 1] -= 9 * np.exp(-since / 3)
    return rows


@pytest.fixture(scope="module")
def grid():
    rows = rows_with_cold_starts()
    learned = process.fit(rows, discrete=np.zeros(2, bool))
    return calibration_grid.calibrated(
        ["force", "spindle"], learned, rng=RNG(2), sizes=(5, 10), cells=200_000, lag_parts=1.0, rows=rows
    )


def test_a_reading_whose_own_windows_pass_too_often_has_wider_limits_and_the_others_have_not(grid):
    assert set(grid.wider) == {"spindle"}
    assert grid.wider["spindle"] > 1.2
    assert grid.windows == 600


def test_what_was_found_is_kept_with_the_grid(grid):
    again = calibration_grid.CalibrationGrid.restored(grid.stored())
    assert again.wider == pytest.approx(grid.wider, rel=1e-3)
    assert (again.windows, again.lag_parts) == (600, 1.0)
    n = np.full((2, 1), 5.0)
    assert again.limits("mean", n, 1e-3) == pytest.approx(grid.limits("mean", n, 1e-3), rel=1e-3)


def test_a_reference_too_short_for_its_windows_is_tested_on_none():
    rows = autoregressive(0.3, 100, 2, RNG(3))
    learned = process.fit(rows, discrete=np.zeros(2, bool))
    made = calibration_grid.calibrated(
        ["force", "spindle"], learned, rng=RNG(2), sizes=(20,), cells=100_000, rows=rows
    )
    assert (made.windows, made.wider) == (0, {})
