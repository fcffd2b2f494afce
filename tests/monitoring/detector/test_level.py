"""A level that moves on its own is drawn as it was."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import process
from monitoring.drift.compute.detector.components import level
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
    drawn = level.stretches(paths, 200.0, 2_000, RNG(4))
    assert (drawn[:, 1] == 2 * drawn[:, 0]).all()
    assert np.mean(np.diff(drawn[:, 0]) == 1) > 0.97


def test_a_level_that_comes_back_as_it_was_is_drawn_in_longer_stretches_than_one_that_came_by_chance():
    day = np.tile(DAY, 10)[:, None]
    chance = 0.8 * np.sign(autoregressive(0.99, 4_800, 1, RNG(5)))
    assert level.learned(day).stretch == pytest.approx(0.4 * 4_800)
    assert level.learned(chance).stretch < 0.8 * level.learned(day).stretch


def test_a_level_that_came_by_chance_is_drawn_with_longer_and_shorter_stays_within_its_bounds():
    rng = RNG(6)
    regimes = (np.cumsum(rng.random(5_000) < 0.01) % 2)[:, None].astype(float)
    learned = level.learned(np.column_stack([regimes, 2 * regimes]))
    assert learned.keep is not None
    drawn = learned.drawn(50_000, rng)
    assert (drawn.min(), drawn[:, 0].max(), drawn[:, 1].max()) == (0.0, 1.0, 2.0)
    assert np.corrcoef(drawn, rowvar=False)[0, 1] > 0.9

    def longest(path):
        return np.diff(np.flatnonzero(np.diff(path > 0.5))).max()

    assert longest(drawn[:, 0]) > 1.3 * longest(regimes[:, 0])
    assert means(drawn[:, 0], 100).std() == pytest.approx(means(regimes[:, 0], 100).std(), rel=0.25)
