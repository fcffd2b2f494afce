"""A spread that wanders is learned and drawn."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import process
from monitoring.drift.compute.detector.components import spread
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng


def wandering(rows, seed, readings=1, sd=0.5):
    rng = RNG(seed)
    slow = autoregressive(0.98, rows, readings, rng)
    return autoregressive(0.3, rows, readings, rng) * np.exp(sd * slow)


def deviations(rows, window=50):
    """Logarithms of the deviations of windows (w,)."""
    return np.log(rows[: len(rows) // window * window].reshape(-1, window).std(axis=1))


def drawn(reference, rows=100_000):
    learned = process.fit(reference, discrete=np.zeros(reference.shape[1], bool))
    rng = RNG(0)
    return learned, learned.draw(rows, rng, learned.coefficients(rng), joint=False)[0]


def test_windows_of_a_drawn_stretch_differ_in_spread_as_those_of_the_reference_do():
    reference = wandering(20_000, 1)
    learned, stretch = drawn(reference)
    assert learned.spread.sd[0] == pytest.approx(0.5, abs=0.12)
    assert deviations(stretch[:, 0]).std() == pytest.approx(deviations(reference[:, 0]).std(), rel=0.25)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_a_steady_spread_is_not_taken_for_one_that_wanders(phi):
    learned = [
        process.fit(autoregressive(phi, 2_000, 5, RNG(seed)), discrete=np.zeros(5, bool)) for seed in range(4)
    ]
    assert sum(np.count_nonzero(one.spread.sd) for one in learned) <= 1


def test_what_is_skewed_or_heavy_alone_does_not_wander():
    heavy = RNG(3).standard_t(3, (3_000, 1))
    skewed = np.exp(autoregressive(0.3, 3_000, 1, RNG(4)))
    learned = process.fit(np.hstack([heavy, skewed]), discrete=np.zeros(2, bool))
    assert learned.spread.sd.tolist() == [0.0, 0.0]


def test_scores_of_a_mixture_reach_further_and_keep_their_order():
    normal = np.linspace(-3, 3, 61)
    mixture = spread.scores(normal, 0.5)
    assert (np.diff(mixture) > 0).all()
    assert mixture[-1] > 1.5 * normal[-1]
    assert mixture == pytest.approx(-mixture[::-1], abs=1e-6)


def test_readings_whose_spreads_wander_together_are_drawn_together():
    common = np.exp(0.6 * autoregressive(0.98, 10_000, 1, RNG(5)))
    reference = autoregressive(0.0, 10_000, 2, RNG(6)) * common
    _learned, stretch = drawn(reference)
    assert np.corrcoef(deviations(stretch[:, 0]), deviations(stretch[:, 1]))[0, 1] > 0.5
