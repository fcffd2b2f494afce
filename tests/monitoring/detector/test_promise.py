"""What a fit says of its own promise."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import calibrate, detector, promise
from monitoring.drift.compute.detector.components import spread
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(calibrate, "CELLS", 400_000)


def promised(reference, window=20, per_window=0.01):
    names = [str(place) for place in range(reference.shape[1])]
    return detector.fit(reference, window=window, per_window=per_window, names=names).promise


def test_a_steady_reference_keeps_it_and_says_on_how_many_windows_it_was_tested():
    told = promised(autoregressive(0.3, 3_000, 2, RNG(1)))
    assert told.kept
    assert told.windows == 150
    assert told.low <= told.events / told.windows <= told.high
    assert told.needs == told.rows == 3_000


def test_a_step_inside_the_reference_cannot_be_kept_and_says_how_many_rows_would():
    reference = autoregressive(0.3, 2_000, 3, RNG(2))
    reference[1_000:, 1] += 3
    told = promised(reference)
    assert not told.kept
    assert told.slowest == 1
    assert told.needs > 4 * told.rows


def test_a_reference_that_holds_few_of_its_memories_says_so_however_it_came():
    for seed in range(8):
        rows = autoregressive(0.99, 3_000, 1, RNG(seed))
        told = promise.slowest_of(rows, spread.Spread.steady(1))
        assert told.share < 1
        assert told.needs > 3_500


def test_a_reference_of_two_days_whose_shifts_differ_has_seen_too_few():
    levels = np.repeat(np.tile([-1.0, 0.0, 1.0], 2), 160)[:, None]
    told = promised(autoregressive(0.0, 960, 1, RNG(3)) + levels)
    assert told.why == promise.MEMORY
    assert 960 < told.needs < 10_000


def test_a_reference_that_is_shorter_than_two_windows_is_tested_on_none():
    told = promised(autoregressive(0.0, 100, 1, RNG(4)), window=80)
    assert (told.windows, told.events) == (0, 0)
    assert told.high == np.inf


def test_limits_widen_where_more_windows_pass_than_should():
    checks = [[2.0, 0.1, 15.0], [3.0, 0.02, 5.0]]
    calm = np.r_[np.zeros(90), np.full(10, 2.5)]
    assert promise.widening(calm, checks, 0.0) == 1.0
    wild = np.r_[np.zeros(70), np.full(30, 4.0)]
    assert promise.widening(wild, checks, 0.0) == pytest.approx(2.0)


def test_no_reading_that_varies_is_no_promise():
    assert promised(np.ones((200, 2))) is None


def test_a_reading_of_one_value_leaves_the_promise_to_the_others():
    reference = autoregressive(0.3, 3_000, 2, RNG(1))
    reference[:, 0] = 5.0
    told = promised(reference)
    assert told.kept
    assert told.slowest == 0  # of those that vary


def test_a_single_shift_of_rows_cannot_be_kept_though_no_window_of_it_passed():
    told = promised(autoregressive(0.3, 160, 2, RNG(1)))
    assert (told.why, told.events) == (promise.MEMORY, 0)
    assert told.needs > 160
