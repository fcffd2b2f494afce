"""Capability against published figures, and whether its intervals hold what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitoring.measures.compute.control import capability
from monitoring.measures.compute.control.families import Centre, Points

NAN = float("nan")


def singles(values) -> dict:
    points = Points.of([(float(one), None, None) for one in values])
    return capability.of_points(points, Centre("i_mr", 0.0, 0.0, 1.0), low=-4.0, high=4.0)


def test_the_indices_are_those_of_the_handbook():
    """NIST/SEMATECH e-Handbook 6.1.6: limits 8 and 20, mean 16, deviation 2: Cp 1.0, Cpk .6667."""
    told = capability.indices(16, 2, n=50, freedom=49, low=8, high=20)
    assert (told["two"], told["one"]) == pytest.approx((1.0, 2 / 3))


def test_the_interval_of_cp_is_that_of_montgomery():
    """Montgomery, Introduction to Statistical Quality Control, example 8.4: 38 to 62, s 1.75, n 20: 1.57 to
    3.01."""
    told = capability.indices(50, 1.75, n=20, freedom=19, low=38, high=62)
    assert told["two"] == pytest.approx(2.29, abs=0.005)
    assert told["two_interval"] == pytest.approx([1.57, 3.01], abs=0.01)


def test_of_one_limit_alone_there_is_the_nearer_side_only():
    told = capability.indices(16, 2, n=50, freedom=49, low=None, high=20)
    assert "two" not in told
    assert told["one"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("phi", [0.0, 0.6])
def test_intervals_of_ppk_hold_the_true_index_also_where_readings_resemble_each_other(phi):
    rng, held = np.random.default_rng(1), 0
    for _ in range(200):
        x = np.zeros(300)
        for at, noise in enumerate(rng.standard_normal(300) * math.sqrt(1 - phi * phi)):
            x[at] = phi * x[at - 1] + noise if at else rng.standard_normal()
        low, high = singles(x)["whole"]["one_interval"]
        held += low <= 4 / 3 <= high
    assert held / 200 > 0.9


def test_readings_that_resemble_each_other_have_no_cp():
    x = np.cumsum(np.random.default_rng(2).standard_normal(200)) * 0.1
    told = singles(x)
    assert told["within"] is None
    assert told["related"] > 0.8


def test_subgroups_that_differ_by_themselves_have_a_lower_ppk_than_cpk():
    rng = np.random.default_rng(3)
    readings = rng.standard_normal((60, 1)) + rng.standard_normal((60, 5))
    for family, spread in (("xbar_r", np.ptp(readings, axis=1)), ("xbar_s", readings.std(axis=1, ddof=1))):
        points = Points(readings.mean(axis=1), np.full(60, 5.0), spread)
        told = capability.of_points(points, Centre(family, 0.0, 0.0, 5.0), low=-6.0, high=6.0)
        assert told["within"]["two"] == pytest.approx(2.0, rel=0.12)
        assert told["whole"]["two"] == pytest.approx(math.sqrt(2), rel=0.12)
        low, high = told["whole"]["two_interval"]
        assert high - low > told["whole"]["two"] * 0.15  # 60 levels are known, not 300 parts
