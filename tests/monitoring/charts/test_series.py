"""A chart fed value by value: what it sees, what it ignores, and bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.measures.compute import series

REFERENCE = 50 + 2 * np.random.default_rng(5).normal(size=400)


def fresh(n: int, shift: float = 0.0, seed: int = 9) -> list[float]:
    return list(50 + shift + 2 * np.random.default_rng(seed).normal(size=n))


@pytest.fixture(scope="module", params=["ewma", "cusum", "page_hinkley"])
def fitted(request: pytest.FixtureRequest) -> series.Fitted:
    return series.fit(REFERENCE, kind=request.param, arl=5000)


def test_a_step_of_one_spread_is_seen_and_the_right_way_up(fitted: series.Fitted) -> None:
    for shift, side in ((3.0, "up"), (-3.0, "down")):
        steps, state = series.run(fitted, fresh(60, shift))
        assert state.on
        assert max(getattr(one, side) for one in steps) > 1
        other = "down" if side == "up" else "up"
        assert max(getattr(one, other) for one in steps) < 1


def test_what_stays_as_it_was_is_left_in_peace(fitted: series.Fitted) -> None:
    steps, _state = series.run(fitted, fresh(400))
    assert not any(one.on for one in steps)


def test_one_crazy_value_raises_nothing(fitted: series.Fitted) -> None:
    values = fresh(100)
    values[50] = 1e12
    steps, _state = series.run(fitted, values)
    assert not any(one.on for one in steps)


def test_one_side_only_sees_that_side() -> None:
    for kind in ("ewma", "cusum", "page_hinkley"):
        up = series.fit(REFERENCE, kind=kind, arl=5000, sides="up")
        assert series.run(up, fresh(80, 4.0))[1].on
        assert not any(one.on for one in series.run(up, fresh(200, -4.0))[0])
        down = series.fit(REFERENCE, kind=kind, arl=5000, sides="down")
        assert series.run(down, fresh(80, -4.0))[1].on


def test_an_event_ends_when_the_series_came_back(fitted: series.Fitted) -> None:
    _steps, out = series.run(fitted, fresh(40, 4.0))
    assert out.on
    assert not series.run(fitted, fresh(400), out)[1].on


@settings(max_examples=25)
@given(cut=st.integers(0, 120), step=st.floats(-3, 3))
def test_feeding_in_two_parts_is_feeding_at_once(cut: int, step: float) -> None:
    chart = series.fit(_smooth(), arl=2000)
    values = fresh(60) + fresh(60, step, seed=3)
    whole, end = series.run(chart, values)
    first, between = series.run(chart, values[:cut])
    second, same_end = series.run(chart, values[cut:], between)
    assert first + second == whole
    assert end == same_end


def _smooth() -> np.ndarray:
    values = REFERENCE.copy()
    values[1:] = 0.6 * values[1:] + 0.4 * REFERENCE[:-1]
    return values


def test_page_hinkleys_sum_is_the_cusum_with_the_same_allowance() -> None:
    x = np.random.default_rng(1).normal(size=300)
    level, summed, least = 0.0, 0.0, 0.0
    for one in x:
        level = max(0.0, level + one - 0.15)
        summed += one - 0.15
        least = min(least, summed)
        assert level == pytest.approx(summed - least)


def test_a_fitted_chart_survives_being_stored(fitted: series.Fitted) -> None:
    assert series.Fitted.from_json(json.loads(json.dumps(fitted.to_json()))) == fitted


@pytest.mark.parametrize(
    "values", [[], [1.0], [float("nan")] * 100, [float("inf")] * 100, [3.0] * 100, [1e300] * 100]
)
def test_a_reference_that_teaches_nothing_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError):
        series.fit(values, arl=1000)


def test_a_constant_with_a_step_that_matters_is_watched_all_the_same() -> None:
    chart = series.fit([3.0] * 100, arl=1000, tolerance=0.5)
    assert not series.run(chart, [3.0] * 500)[1].on
    assert series.run(chart, [3.6] * 100)[1].on


def test_outliers_in_the_reference_do_not_blind_the_chart() -> None:
    spoilt = REFERENCE.copy()
    spoilt[[10, 200, 300]] = [1e9, -1e9, 1e9]
    chart = series.fit(spoilt, arl=5000)
    assert chart.sd < 4
    assert series.run(chart, fresh(60, 4.0))[1].on


def test_gaps_infinities_and_overflow_leave_the_chart_finite(fitted: series.Fitted) -> None:
    values = [float("nan"), 1e308, -1e308, float("inf"), *fresh(10), float("nan")]
    steps, state = series.run(fitted, values)
    assert all(np.isfinite([one.up, one.down]).all() for one in steps)
    assert len(steps) == len(values)
    assert series.run(fitted, [], state) == ([], state)
