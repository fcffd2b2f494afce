"""The detector on streams whose truth is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mlops_portal.foundation.wire.errors import Invalid
from monitoring.drift.compute.detector import calibrate, detector
from tests.monitoring.detector.streams import autoregressive

RNG = np.random.default_rng


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(calibrate, "CELLS", 600_000)


def fitted(reference, *, window=50, per_window=0.005, **more):
    names = [f"r{place}" for place in range(reference.shape[1])]
    return detector.fit(reference, window=window, per_window=per_window, names=names, **more)


def test_a_quiet_stream_raises_about_what_was_promised():
    """20 references under φ = .5, 300 windows each, 2 % promised: 120 events are expected, and chance and a
    smaller number of draws leave them between 60 and 200."""
    total = 0
    for seed in range(20):
        rng = RNG(seed)
        found = fitted(autoregressive(0.5, 2_000, 1, rng), window=20, per_window=0.02, seed=seed)
        total += len(found.run(autoregressive(0.5, 300 * 20, 1, rng)).alerts)
    assert 60 <= total <= 200


@pytest.mark.parametrize("phi", [0.0, 0.9])
def test_a_shift_of_one_deviation_is_found_and_named(phi):
    rng = RNG(4)
    found = fitted(autoregressive(phi, 3_000, 4, rng), window=100)
    stream = autoregressive(phi, 4_000, 4, rng)
    stream[2_000:, 2] += 1.0
    result = found.run(stream)
    assert result.alerts
    assert 2_000 <= result.alerts[0] <= 2_600
    window = result.windows[result.alerts[0] // 100]
    worst = max(
        (one for one in window.statistics if one.statistic == "mean"), key=lambda one: one.value / one.limit
    )
    assert worst.feature == "r2"


def test_a_broken_relation_is_found_though_each_reading_stays_as_it_was():
    rng = RNG(5)

    def pair(rows, sign):
        first = rng.standard_normal(rows)
        return np.column_stack([first, sign * first + 0.3 * rng.standard_normal(rows)])

    found = fitted(pair(2_000, 1), window=50)
    result = found.run(np.vstack([pair(1_000, 1), pair(500, -1)]))
    assert result.alerts
    assert result.alerts[0] in (1_000, 1_050)


def test_one_happening_is_one_alert():
    rng = RNG(8)
    found = fitted(rng.standard_normal((2_000, 3)), window=50)
    stream = rng.standard_normal((3_000, 3))
    stream[1_000:2_000] += 2.0
    result = found.run(stream)
    assert len(result.alerts) == 1
    lasted = [one.index for one in result.windows if one.alert]
    assert lasted == list(range(lasted[0], lasted[-1] + 1))
    assert lasted[-1] >= 39


@pytest.mark.parametrize(
    ("spoil", "statistic"),
    [
        (lambda rows: rows.__setitem__((slice(500, None), 0), np.nan), "missing"),
        (lambda rows: rows.__setitem__((slice(500, None), 0), np.inf), "missing"),
        (lambda rows: rows.__setitem__((slice(500, None), 1), 8.0), "changed"),
        (lambda rows: rows.__setitem__((slice(500, None), 2), 3.0), "unseen"),
    ],
)
def test_nothing_passes_in_silence(spoil, statistic):
    """A reading that goes missing or infinite, a constant that changes, a category never seen."""
    rng = RNG(11)

    def rows(n):
        return np.column_stack([rng.standard_normal(n), np.full(n, 7.0), rng.integers(0, 3, n)])

    found = fitted(rows(1_500), window=25, categorical=[False, False, True])
    stream = rows(1_000)
    spoil(stream)
    result = found.run(stream)
    assert result.alerts
    assert 475 <= result.alerts[0] <= 550
    told = {
        (one.statistic) for one in result.windows[result.alerts[0] // 25].statistics if one.value > one.limit
    }
    assert statistic in told


def test_a_short_reference_says_how_long_it_should_be():
    short = fitted(autoregressive(0.9, 200, 2, RNG(1)), window=20).calibration
    low, high = short.interval(0.01)
    assert low < 0.01 < high
    assert short.rows_needed() > 200


def test_a_calibration_stored_as_json_says_the_same():
    found = fitted(RNG(2).standard_normal((500, 2)), window=20).calibration
    again = calibrate.Calibration.restored(json.loads(json.dumps(found.stored())))
    for per_window in (0.1, 0.01, 1e-4):
        assert again.levels(per_window) == pytest.approx(found.levels(per_window))


def test_a_smaller_budget_never_has_a_lower_level():
    found = fitted(RNG(2).standard_normal((500, 2)), window=20).calibration
    levels = [found.levels(rate) for rate in (0.1, 0.03, 0.01, 0.003, 1e-3, 1e-4, 1e-6)]
    assert levels == sorted(levels)


@pytest.mark.parametrize(
    ("rows", "window", "per_window", "words"),
    [
        (10, 5, 0.01, "needs 60 rows"),
        (200, 0, 0.01, "one row or more"),
        (200, 10, 0.0, "between 0 and 1"),
        (200, 10, 1.5, "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(rows, window, per_window, words):
    with pytest.raises(Invalid, match=words):
        fitted(RNG(0).standard_normal((rows, 2)), window=window, per_window=per_window)


def test_a_stream_without_a_whole_window_or_with_other_readings_is_refused():
    found = fitted(RNG(0).standard_normal((200, 2)), window=20)
    with pytest.raises(Invalid, match="smaller window"):
        found.run(np.zeros((5, 2)))
    with pytest.raises(Invalid, match="3 readings"):
        found.run(np.zeros((50, 3)))


def test_constants_alone_are_judged_too():
    found = fitted(np.full((100, 2), 4.0), window=10)
    assert found.run(np.full((50, 2), 4.0)).alerts == []
    assert found.run(np.full((50, 2), 5.0)).alerts == [10]


def test_huge_and_tiny_numbers_end_in_no_error():
    rng = RNG(6)
    reference = np.column_stack([rng.standard_normal(300) * 1e30, rng.standard_normal(300) * 1e-30])
    result = fitted(reference, window=20).run(np.column_stack([np.full(100, 3e38), np.full(100, 1e-30)]))
    assert result.alerts
    assert all(np.isfinite(one.value) for window in result.windows for one in window.statistics)
