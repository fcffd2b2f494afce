"""A table that is a sample of the parts: its rows lie apart, and live windows are of neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.drift.compute.detector import process, spacing
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng
MILLS = ["mill-5"] * 60


def test_serial_part_numbers_tell_how_many_parts_lie_between_two_rows():
    part = [f"H5-{8_000 + 8 * place}" for place in range(60)]
    told = spacing.spacing_of(part, MILLS, at=240.0 * np.arange(60))
    assert told == {"parts": 8.0, "seconds": 240.0}
    assert spacing.parts_a_row(told, seconds_a_part=2.5) == 8.0


def test_numbers_that_two_machines_share_are_one_series():
    part = [f"P{place}" for place in range(120)]
    machine = ["mill-5", "mill-6"] * 60
    assert spacing.spacing_of(part, machine, at=np.arange(120.0))["parts"] == 1.0


@pytest.mark.parametrize(
    "part",
    [
        [f"P{place * 7919 % 1_000}" for place in range(60)],  # not in the order of time
        [f"P{place}x" for place in range(60)],
        [f"A{place}" if place % 2 else f"B{place}" for place in range(60)],
    ],
)
def test_without_serial_numbers_the_moments_tell_beside_the_pace_of_now_or_nobody_knows(part):
    told = spacing.spacing_of(part, MILLS, at=240.0 * np.arange(60))
    assert told["parts"] is None
    assert spacing.parts_a_row(told, seconds_a_part=30.0) == 8.0
    assert spacing.parts_a_row(told, seconds_a_part=None) is None
    assert spacing.parts_a_row({}, 30.0) is None


def test_breaks_and_a_gap_of_a_week_are_not_how_far_rows_lie_apart():
    at = 240.0 * np.arange(60)
    at[20:] += 1_200
    at[40:] += 7 * 86_400
    assert spacing.spacing_of([""] * 60, MILLS, at)["seconds"] == 240.0


def test_windows_of_neighbours_vary_as_true_ones_do_though_the_reference_has_every_eighth_part():
    parts = autoregressive(0.96, 40_000, 2, RNG(1))
    parts[:, 1] = RNG(2).standard_normal(40_000)
    learned = process.fit(parts[::8], discrete=np.zeros(2, bool))
    rng = RNG(3)
    drawn, _ = learned.draw(40_000, rng, learned.coefficients(rng), joint=False, apart=8)
    for place in (0, 1):
        true, own = (one[:, place].reshape(-1, 25).mean(axis=1).std() for one in (parts, drawn))
        assert own == pytest.approx(true, rel=0.1)
    assert np.corrcoef(drawn[1:, 0], drawn[:-1, 0])[0, 1] == pytest.approx(0.96, abs=0.01)


def test_where_rows_are_neighbours_nothing_is_drawn_between_them():
    rows = RNG(4).standard_normal((50, 2))
    assert spacing.between(rows, np.array([0.5, 0.5]), np.ones(2, np.int64), [], 50) is rows
