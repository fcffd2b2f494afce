"""PSI and KS from bins against scipy on the raw values, and limits that keep their promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlops_portal.foundation.wire import sketch
from monitoring.drift.compute import binned, judging, limits
from monitoring.drift.compute.references import Reference, Stack
from tests.monitoring.ground import ar1, reference_of

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=60)
@given(seed=SEEDS, n=st.integers(30, 400), shift=st.floats(-3, 3), spread=st.floats(0.3, 3))
def test_ks_from_bins_misses_scipys_by_the_largest_bin_at_most(seed, n, shift, spread):
    rng = np.random.default_rng(seed)
    learned, now = rng.normal(size=800), shift + spread * rng.normal(size=n)
    edges = sketch.reference_edges(learned)
    reference, counts = (sketch.bin_counts(values, edges)[:-1] for values in (learned, now))
    exact = stats.ks_2samp(learned, now).statistic
    ours = float(binned.ks(counts, reference))
    error = max(counts.max() / counts.sum(), reference.max() / reference.sum())
    assert ours <= exact + 1e-9
    assert ours >= exact - error - 1e-9


@settings(max_examples=60)
@given(seed=SEEDS, n=st.integers(30, 400))
def test_psi_is_the_symmetric_divergence_of_the_shares(seed, n):
    rng = np.random.default_rng(seed)
    reference, counts = rng.integers(0, 50, 12), rng.multinomial(n, np.ones(12) / 12)
    q, p = binned.shares(counts), binned.shares(reference)
    both = stats.entropy(q, p) + stats.entropy(p, q)
    assert float(binned.psi(counts, reference)) == pytest.approx(both, rel=1e-9)


@given(counts=st.lists(st.integers(0, 1000), min_size=2, max_size=30).filter(any), least=st.floats(0.02, 0.9))
def test_joined_bins_lose_no_part_and_each_is_large_enough(counts, least):
    joined = np.add.reduceat(np.asarray(counts, dtype=float), binned.groups_of(counts, least))
    assert joined.sum() == sum(counts)
    assert len(joined) == 1 or joined.min() >= least * sum(counts) * (1 - 1e-9)


@pytest.mark.parametrize("alpha", [1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("freedom", [1, 3, 9])
def test_the_tail_of_weighted_chi_squares_is_chi2_for_equal_weights(alpha, freedom):
    ours = float(limits.weighted_chi2_limit(2.0 * np.ones(freedom), alpha))
    assert ours == pytest.approx(2.0 * stats.chi2.isf(alpha, freedom), rel=0.02)


def test_the_tail_of_unequal_weights_is_that_of_a_simulation():
    weights = np.array([5.0, 2.0, 1.0, 0.5])
    drawn = (np.random.default_rng(2).chisquare(1, (400_000, 4)) * weights).sum(axis=1)
    ours = float(limits.weighted_chi2_limit(weights, 1e-3))
    assert ours == pytest.approx(float(np.quantile(drawn, 1 - 1e-3)), rel=0.05)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_the_inflation_is_the_variance_of_a_mean(phi):
    means = [ar1(50, phi, np.random.default_rng(seed)).mean() for seed in range(1500)]
    assert 50 * np.var(means) == pytest.approx(float(limits.inflation(50, phi)), rel=0.15)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_undrifted_windows_pass_their_limit_no_more_often_than_promised(phi):
    """One in a hundred is promised; 5 references × 300 windows leave room for 1.7 in a hundred by chance."""
    rng, alpha = np.random.default_rng(4), 0.01
    over, judged = dict.fromkeys(judging.STATISTICS, 0), 0
    for _ in range(5):
        learned = ar1(5000, phi, rng)
        reference = Reference.of(reference_of(learned, phi))
        windows = ar1(300 * 60, phi, rng).reshape(300, 60)
        counts = np.array([sketch.bin_counts(one, reference_of(learned)["edges"]) for one in windows])
        moments = np.array([sketch.moments(one) for one in windows])
        judged += 300
        wanted = list(range(300))
        (found,) = judging.judge([counts], moments[None], [reference], wanted=wanted, alpha=alpha)
        (missing,) = judging.judge_missing([counts], [reference], wanted=wanted, alpha=alpha)
        for one in (*found, *missing):
            over[one.statistic] += one.value > one.limit
    assert max(over.values()) / judged <= 0.017
    assert over["mean"] > 0  # and the limit is not idle


def test_a_shift_of_three_deviations_is_far_over_every_limit_in_a_large_window():
    rng = np.random.default_rng(8)
    stored = reference_of(ar1(5000, 0.0, rng))
    reference = Reference.of(stored)
    window = 3 + ar1(200, 0.0, rng)
    counts = np.array([sketch.bin_counts(window, stored["edges"])])
    moments = np.array([[sketch.moments(window)]])
    (found,) = judging.judge([counts], moments, [reference], wanted=[0], alpha=1e-6)
    ((missing,),) = judging.judge_missing([counts], [reference], wanted=[0], alpha=1e-6)
    assert [one.statistic for one in found] == ["psi", "ks", "mean"]
    assert all(one.value > one.limit for one in found)
    assert found[0].shift == pytest.approx(3, abs=0.3)
    assert (missing.statistic, missing.value) == ("missing", 0)


def test_a_reference_of_unknown_spacing_makes_no_mean_worth_more_than_its_slow_share_allows():
    stack = Stack.of([Reference(np.ones(22), 0.0, 1.0, 0.5), Reference(np.ones(22), 0.0, 1.0, 0.5, 1.0)])
    unknown, known = 10_000 / stack.inflation([10_000, 10_000], 0.0)
    assert unknown <= 2.0
    assert known > 3000


def test_a_window_without_a_part_is_not_judged():
    reference = Reference(np.ones(5), 0.0, 1.0, 0.0, 1.0)
    counts, moments = [np.zeros((1, 5), dtype=int)], np.zeros((1, 1, 5))
    assert judging.judge(counts, moments, [reference], wanted=[0], alpha=0.01) == [[]]


def test_other_bins_than_the_references_are_an_error():
    with pytest.raises(ValueError, match="bins"):
        judging.judge(
            [np.ones((1, 7), dtype=int)], np.ones((1, 1, 5)), [Reference(np.ones(5), 0, 1, 0)],
            wanted=[0], alpha=0.01,
        )  # fmt: skip


def test_the_budget_is_divided_among_all_questions_of_a_week():
    alpha = limits.alpha_of(per_week=1, window_seconds=900, tests=45)
    assert alpha * 45 * (7 * 86_400 / 900) == pytest.approx(1)
    with pytest.raises(ValueError):
        limits.alpha_of(per_week=0, window_seconds=900, tests=1)


def test_the_limit_of_errors_is_exceeded_less_often_than_promised():
    limit = limits.error_limit(n=200, expected=0.05, alpha=1e-3)
    assert stats.binom.sf(round(limit * 200), 200, 0.05) <= 1e-3
    assert 0.08 < limit < 0.2
