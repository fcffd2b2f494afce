"""Calibrated limits for windows that come as counts: the same statistics as from rows, at any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.wire import sketch
from monitoring.drift.compute import binned, judging
from monitoring.drift.compute.detector import (
    calibration_grid,
    dependence,
    process,
    scores,
)
from monitoring.drift.compute.references import Reference, Stack
from tests.monitoring.ground import ar1, reference_of

RATE = 0.004
ROWS, PHI = 3000, 0.5


def learned_rows(rng):
    return np.column_stack([100 + 4 * ar1(ROWS, PHI, rng), np.exp(ar1(ROWS, 0.0, rng))])


def sketched(rows, n, features):
    """Counts and moments of whole windows of ``n`` rows."""
    w = rows.shape[0] // n
    parts = rows[: w * n].reshape(w, n, -1)
    counts = [
        np.array([sketch.bin_counts(one, stored["edges"]) for one in parts[:, :, at]])
        for at, stored in enumerate(features.values())
    ]
    moments = np.array([[sketch.moments(one) for one in parts[:, :, at]] for at in range(rows.shape[1])])
    return counts, moments


@pytest.fixture(scope="module")
def shop():
    """Reference rows, frozen features, and a small grid made without the rows."""
    rng = np.random.default_rng(4)
    rows = learned_rows(rng)
    features = {
        key: reference_of(rows[:, at], phi) for at, (key, phi) in enumerate((("force", PHI), ("flow", 0.0)))
    }
    kept = dependence.learned(rows, machine=np.full(ROWS, "press"), at=np.arange(ROWS))
    keys = list(features)
    drawn = dependence.process_of(features, kept, keys)
    known = dependence.correlation_of(features, kept, keys)
    grid = calibration_grid.calibrated(
        keys, drawn, rng=rng, correlation=known, sizes=(10, 25, 60), cells=400_000
    )
    return rows, features, grid


def judged(shop, rows, n, *, wanted=None, rate=RATE):
    _rows, features, grid = shop
    counts, moments = sketched(rows, n, features)
    references = [Reference.of(one) for one in features.values()]
    index = list(range(moments.shape[1])) if wanted is None else wanted
    phi = judging.own_phi(moments, np.asarray(index), Stack.of(references))
    return calibration_grid.judge(grid, counts, moments, references, phi=phi, wanted=index, per_window=rate)


def over(found):
    """(reading's place, window) where any statistic is over its limit."""
    return {(at, one.index) for at, some in enumerate(found) for one in some if one.value > one.limit}


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(scores.BINS_LEAST, 90), shift=st.floats(-2, 2))
def test_from_counts_every_statistic_is_what_it_is_from_rows(seed, n, shift):
    rng = np.random.default_rng(seed)
    learned, rows = rng.normal(size=(800, 2)), shift + rng.normal(size=(8 * n, 2))
    features = {str(at): reference_of(learned[:, at]) | {"sd": learned[:, at].std(ddof=1)} for at in (0, 1)}
    exact = scores.windows_of(rows, scores.freeze(learned, adjusted=True), n, common=None)
    counts, moments = sketched(rows, n, features)
    known = np.corrcoef(learned, rowvar=False)
    seen = calibration_grid.see(counts, moments, [Reference.of(one) for one in features.values()], known)
    assert set(exact) == set(calibration_grid.STATISTICS)
    for name, values in exact.items():
        np.testing.assert_allclose(seen.values[name], values.T, rtol=1e-6, atol=1e-9, err_msg=name)


def test_a_process_without_rows_has_the_distribution_the_memory_and_the_correlation():
    rng = np.random.default_rng(7)
    noise = ar1(4000, 0.8, rng)
    rows = np.column_stack([np.exp(noise), noise + 0.5 * ar1(4000, 0.8, rng), rng.integers(0, 3, 4000)])
    features = {str(at): reference_of(rows[:, at]) for at in range(3)}
    kept = dependence.learned(rows, machine=np.full(4000, "m"), at=np.arange(4000))
    drawn = dependence.process_of(features, kept, list(features))
    exact = [process.lags(one) for one in drawn.each.partial]
    again, _ = drawn.draw(20_000, rng, (exact, [], drawn.spread), joint=False)
    for at in (0, 1):
        levels = [0.1, 0.5, 0.9]
        np.testing.assert_allclose(
            np.quantile(again[:, at], levels), np.quantile(rows[:, at], levels), atol=0.25
        )
    assert np.isin(again[:, 2], [0.0, 1.0, 2.0]).mean() > 0.97  # between two grid points it may jump
    assert np.corrcoef(np.log(np.maximum(again[:, 0], 1e-3)), again[:, 1])[0, 1] == pytest.approx(
        0.89, abs=0.05
    )
    assert np.corrcoef(again[1:, 1], again[:-1, 1])[0, 1] == pytest.approx(0.8, abs=0.06)


def test_rows_without_an_order_have_no_memory_and_few_rows_say_nothing():
    rows, machine = np.random.default_rng(1).normal(size=(100, 2)), np.full(100, "m")
    loose = dependence.learned(rows, machine=machine, at=np.arange(100), ordered=False)
    assert loose["partial"] == [[], []]
    assert dependence.learned(rows[:30], machine=machine[:30], at=np.arange(30)) == {}


def test_a_version_of_which_nothing_was_kept_is_drawn_from_its_phi_alone():
    features = {"force": reference_of(ar1(2000, 0.6, np.random.default_rng(2)), 0.6)}
    drawn = dependence.process_of(features, {}, ["force"])
    assert drawn.each.partial[0] == pytest.approx([0.6])


def test_readings_that_never_varied_are_left_to_other_rules():
    features = {"still": reference_of(np.full(100, 7.0)), "force": reference_of(np.arange(100.0))}
    assert dependence.varying(features) == ["force"]


def test_at_a_size_of_the_grid_its_own_limit_holds_and_between_two_it_lies_between(shop):
    grid = shop[2]
    calibration = grid.calibrations[1]
    at = np.array([[10.0, 17.0, 25.0, 40.0, 60.0]] * 2)
    found = grid.limits("mean", at, RATE)
    level = calibration.slow.solve(RATE) + np.log(2)
    assert found[0, 2] == pytest.approx(calibration.laws["mean"][0].value(level))
    assert (np.diff(found, axis=1) < 0).all()
    beyond = grid.limits("mean", np.array([[2.0, 5000.0]] * 2), RATE)
    assert (beyond[:, 0] > found[:, 0]).all()
    assert beyond[:, 1] == pytest.approx(found[:, -1])


def test_a_smaller_budget_widens_every_limit(shop):
    n = np.full((2, 1), 30.0)
    for name in calibration_grid.STATISTICS:
        assert (shop[2].limits(name, n, RATE / 50) > shop[2].limits(name, n, RATE)).all()


def test_kept_and_read_again_it_says_the_same(shop):
    again = calibration_grid.CalibrationGrid.restored(shop[2].stored())
    n = np.array([[22.0, 33.0]] * 2)
    for name in calibration_grid.STATISTICS:
        assert again.limits(name, n, RATE) == pytest.approx(shop[2].limits(name, n, RATE), rel=1e-4)


def test_too_many_readings_leave_the_wide_windows_out(shop, monkeypatch):
    monkeypatch.setattr(calibration_grid, "WIDE_MOST", 30)
    keys = list(shop[1])
    drawn = dependence.process_of(shop[1], {}, keys)
    grid = calibration_grid.calibrated(keys, drawn, rng=np.random.default_rng(1), sizes=(5, 50), cells=10_000)
    assert [one.window for one in grid.calibrations] == [5]


@pytest.mark.parametrize("n", [25, 37])
def test_a_machine_as_learned_keeps_the_budget_at_a_size_of_the_grid_and_between(shop, n):
    """8 references' worth of budget are a bound that chance passes once in ten thousand times."""
    rng = np.random.default_rng(n)
    rows = np.column_stack([100 + 4 * ar1(800 * n, PHI, rng), np.exp(ar1(800 * n, 0.0, rng))])
    out = over(judged(shop, rows, n))
    twice = {(at, index) for at, index in out if (at, index - 1) in out}
    begun = {one for one in twice if (one[0], one[1] - 1) not in twice}
    assert len(begun) <= 8 * RATE * 800 / 2


def test_a_sensor_that_sticks_is_seen_in_its_first_whole_window(shop):
    rows = learned_rows(np.random.default_rng(9))[:750]
    rows[700:, 0] = rows[700, 0]
    found = judged(shop, rows, 25, wanted=[28, 29], rate=1e-5)
    narrow = [one for one in found[0] if one.statistic == "narrow"]
    assert [one.value > one.limit for one in narrow] == [True, True]
    assert {one.shift for one in narrow} == {None}


def test_a_small_shift_that_lasts_is_seen_by_the_memory_and_not_by_the_mean(shop):
    """Three quarters of a deviation on five machines, 150 windows: at a whole one the mean passes in one
    window of ten, however exact its limit is, and a count of few windows tells nothing."""
    found = []
    for machine in range(5):
        rows = learned_rows(np.random.default_rng(10 + machine))[:1500]
        rows[500:, 0] += 3
        found += judged(shop, rows, 25, wanted=list(range(30, 60)), rate=1e-5)[0]
    seen = {
        name: np.mean([one.value > one.limit for one in found if one.statistic == name])
        for name in ("mean", "ewma")
    }
    assert seen["ewma"] > 0.8
    assert seen["mean"] < 0.05


def test_a_sensor_that_leaves_its_neighbour_is_seen_within_its_own_range():
    rng = np.random.default_rng(3)
    common = ar1(4000, 0.98, rng)
    rows = np.column_stack([common, common]) + 0.1 * rng.normal(size=(4000, 2))
    features = {str(at): reference_of(rows[:, at]) for at in (0, 1)}
    kept = dependence.learned(rows, machine=np.full(4000, "m"), at=np.arange(4000))
    known = dependence.correlation_of(features, kept, ["0", "1"])
    drawn = dependence.process_of(features, kept, ["0", "1"])
    grid = calibration_grid.calibrated(
        ["0", "1"], drawn, rng=rng, correlation=known, sizes=(25,), cells=300_000
    )
    rows[3000:, 0] += 1.0
    found = judged((rows, features, grid), rows[2000:], 25, wanted=[30, 39, 60, 70, 79], rate=1e-4)
    over_limit = {
        name: [one.value > one.limit for one in found[0] if one.statistic == name]
        for name in ("mean", "beside")
    }
    assert over_limit["beside"] == [False, False, True, True, True]
    assert not any(over_limit["mean"])
    shifts = [one.shift for one in found[0] if one.statistic == "beside"]
    assert shifts[-1] == pytest.approx(1.0, abs=0.3)


def test_without_its_neighbour_a_reading_stands_alone():
    scaled = np.array([[0.5, 2.0], [0.5, np.nan], [0.1, np.nan]])
    known = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
    references = [Reference(np.ones(23), 0.0, 1.0, 0.0, 1.0)] * 3
    moments = np.zeros((3, 2, 5))
    moments[..., 0] = np.where(np.isfinite(scaled), 30.0, 0.0)
    moments[..., 1] = 30 * np.nan_to_num(scaled)
    moments[..., 2] = 40.0 * (moments[..., 0] > 0)
    seen = calibration_grid.see([np.ones((2, 23))] * 3, moments, references, known)
    assert np.isfinite(seen.values["beside"][:, 0]).all()
    assert np.isnan(seen.values["beside"][:, 1]).all()
    assert seen.values["beside"][0, 0] < 0.2  # 0.5 beside 0.5 is as it should be


def test_a_sensor_that_grows_noisy_is_seen(shop):
    rows = learned_rows(np.random.default_rng(11))[:600]
    rows[500:, 0] = 100 + 5 * (rows[500:, 0] - 100)
    out = [one for one in judged(shop, rows, 25, rate=1e-4)[0] if one.statistic == "wide" and one.index > 19]
    assert all(one.value > one.limit for one in out)


def test_a_machine_that_always_varied_more_has_wider_limits(shop):
    rng = np.random.default_rng(12)
    rows = np.column_stack([100 + 4 * ar1(5000, 0.97, rng), np.exp(ar1(5000, 0.0, rng))])
    usual = judged(shop, learned_rows(rng)[:2500], 25, wanted=[99])[0]
    slow = judged(shop, rows, 25, wanted=[99])[0]
    for name in ("mean", "ewma", "ks", "psi", "narrow"):
        wide, plain = (next(one.limit for one in found if one.statistic == name) for found in (slow, usual))
        assert wide > 1.2 * plain


def test_windows_without_parts_and_readings_that_are_missing_are_no_crash(shop):
    rows = learned_rows(np.random.default_rng(13))[:200]
    rows[50:75, 0] = np.nan
    found = judged(shop, rows, 25)
    assert {one.index for one in found[0]} == {0, 1, 3, 4, 5, 6, 7}
    assert all(np.isfinite([one.value, one.limit]).all() for some in found for one in some)


def test_other_bins_than_the_references_are_an_error(shop):
    references = [Reference.of(one) for one in shop[1].values()]
    with pytest.raises(ValueError, match="bins"):
        calibration_grid.see([np.ones((1, 7))] * 2, np.ones((2, 1, 5)), references)


def test_values_that_repeat_keep_their_bins():
    reference = np.asarray(reference_of(np.repeat([1.0, 2.0, 3.0], [70, 20, 10]))["counts"][:-1], dtype=float)
    ids = binned.deciles(reference)
    assert ids[0] == 0
    assert (np.diff(ids) >= 0).all()
    assert np.bincount(ids, reference)[0] == 70
