"""The reference as a process: what is drawn from it looks like it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.drift.compute.detector import process
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng


def drawn(reference, rows=20_000, discrete=None, joint=False):
    found = process.fit(
        reference, discrete=np.zeros(reference.shape[1], bool) if discrete is None else discrete
    )
    rng = RNG(1)
    return found.draw(rows, rng, found.coefficients(rng), joint=joint)


@given(st.lists(st.floats(-0.95, 0.95), min_size=1, max_size=6))
def test_lags_and_partial_autocorrelations_are_two_ways_to_say_one_thing(partial):
    assert process.partials(process.lags(np.asarray(partial))) == pytest.approx(partial, abs=1e-6)


@pytest.mark.parametrize("phi", [0.0, 0.25, 0.5, 0.9])
def test_autocorrelation_is_learned_and_drawn(phi):
    own, _common = drawn(autoregressive(phi, 5_000, 1, RNG(7)))
    assert np.corrcoef(own[1:, 0], own[:-1, 0])[0, 1] == pytest.approx(phi, abs=0.05)


def test_readings_stay_correlated_at_the_same_moment():
    base = autoregressive(0.6, 4_000, 3, RNG(3))
    base[:, 1] = 0.8 * base[:, 0] + 0.6 * base[:, 1]
    own, common = drawn(base, joint=True)
    for stretch in (own, common):
        assert np.corrcoef(stretch, rowvar=False)[0, 1] == pytest.approx(0.8, abs=0.06)
        assert abs(np.corrcoef(stretch, rowvar=False)[0, 2]) < 0.1


def test_a_skewed_reading_is_drawn_skewed():
    reference = np.exp(autoregressive(0.3, 5_000, 1, RNG(5)))
    own, _common = drawn(reference)
    for share in (0.05, 0.5, 0.95):
        assert np.quantile(own, share) == pytest.approx(np.quantile(reference, share), rel=0.12)


def test_a_discrete_reading_keeps_to_its_values():
    reference = RNG(2).integers(0, 3, (1_000, 1)).astype(float)
    own, _common = drawn(reference, discrete=np.array([True]))
    assert set(np.unique(own)) == {0.0, 1.0, 2.0}


def test_a_reading_that_is_held_is_drawn_held():
    reference = np.repeat(RNG(4).standard_normal((400, 1)), 5, axis=0)
    assert process.holding(reference[:, 0]) == 5
    own, _common = drawn(reference)
    assert np.mean(np.diff(own[:, 0]) == 0) == pytest.approx(0.8, abs=0.02)


def test_each_draw_has_its_own_memory():
    found = process.fit(autoregressive(0.5, 500, 1, RNG(9)), discrete=np.zeros(1, bool))
    rng = RNG(0)
    lags = [found.coefficients(rng)[0][0][0] for _ in range(200)]
    assert np.std(lags) == pytest.approx(np.sqrt(0.75 / 500), rel=0.4)
