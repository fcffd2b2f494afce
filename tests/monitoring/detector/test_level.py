"""A level that moves on its own is drawn as it was."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import level, process
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng
DAY = np.repeat([-0.8, 0.0, 0.8], 160)


def means(values, window):
    return np.convolve(values, np.full(window, 1 / window), mode="valid")


def test_windows_of_a_day_of_shifts_vary_as_they_do_and_those_of_a_whole_day_hardly():
    reference = autoregressive(0.3, 9_600, 1, RNG(1)) + np.tile(DAY, 20)[:, None]
    learned = process.fit(reference, discrete=np.zeros(1, bool))
    assert learned.level is not None
    rng = RNG(2)
    own = learned.draw(48_000, rng, learned.coefficients(rng), joint=False)[0][:, 0]
    assert means(own, 80).std() == pytest.approx(means(reference[:, 0], 80).std(), rel=0.12)
    assert means(own, 480).std() < 0.15
    assert np.abs(means(own, 80)).max() < 1.6  # it stays within its bounds and some noise


def test_a_reading_that_an_autoregression_explains_has_no_level_of_its_own():
    reference = autoregressive(0.9, 5_000, 3, RNG(3))
    assert process.fit(reference, discrete=np.zeros(3, bool)).level is None


def test_stretches_keep_readings_at_the_same_moment_together():
    paths = np.column_stack([np.arange(500.0), np.arange(500.0) * 2])
    drawn = level.drawn(paths, 200.0, 2_000, RNG(4))
    assert (drawn[:, 1] == 2 * drawn[:, 0]).all()
    assert np.mean(np.diff(drawn[:, 0]) == 1) > 0.97


def test_a_level_that_comes_back_as_it_was_is_drawn_in_longer_stretches_than_one_that_came_by_chance():
    day = np.tile(DAY, 10)[:, None]
    chance = 0.8 * np.sign(autoregressive(0.99, 4_800, 1, RNG(5)))
    assert level.length_of(day) == pytest.approx(0.4 * 4_800)
    assert level.length_of(chance) < 0.8 * level.length_of(day)
