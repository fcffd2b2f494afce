"""Statistics from counts against SciPy on raw values, within the error that each states."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from mlops_portal.foundation.wire import sketch
from monitoring.drift.compute import binned

SEEDS = st.integers(0, 2**32 - 1)
COUNTS = st.lists(st.integers(0, 10**9), min_size=3, max_size=25)


def drawn(seed: int, n: int, shift: float, spread: float):
    rng = np.random.default_rng(seed)
    learned, now = rng.gamma(3, size=600), shift + spread * rng.gamma(3, size=n)
    edges = sketch.reference_edges(learned)
    counted = [sketch.bin_counts(values, edges)[:-1] for values in (now, learned)]
    return now, learned, edges, *counted


@settings(max_examples=60)
@given(seed=SEEDS, n=st.integers(5, 400), shift=st.floats(-3, 3), spread=st.floats(0.3, 3))
def test_wasserstein_misses_scipys_by_what_it_states_and_is_a_lower_bound_beyond_the_edges(
    seed, n, shift, spread
):
    now, learned, edges, counts, reference = drawn(seed, n, shift, spread)
    exact = stats.wasserstein_distance(now, learned)
    ours = float(binned.wasserstein(counts, reference, edges, now.mean() - learned.mean()))
    error = float(binned.wasserstein_error(counts, reference, edges))
    assert ours <= exact + error + 1e-9
    inside = np.clip(now, edges[0], edges[-1])
    within = sketch.bin_counts(inside, edges)[:-1]
    about = float(binned.wasserstein(within, reference, edges, inside.mean() - learned.mean()))
    assert abs(about - stats.wasserstein_distance(inside, learned)) <= error + 1e-9


@given(seed=SEEDS, shift=st.floats(0.01, 50))
def test_wasserstein_is_no_less_than_the_shift_of_all_parts_however_far_beyond_the_edges(seed, shift):
    _now, learned, edges, _counts, reference = drawn(seed, 5, 0, 1)
    counts = sketch.bin_counts(learned + shift, edges)[:-1]
    ours = float(binned.wasserstein(counts, reference, edges, shift))
    exact = stats.wasserstein_distance(learned + shift, learned)
    assert exact - 1e-9 <= ours <= exact + float(binned.wasserstein_error(counts, reference, edges)) + 1e-9


@given(counts=COUNTS.filter(any), seed=SEEDS)
def test_jensen_shannon_and_chi_square_are_scipys_on_the_bins(counts, seed):
    reference = np.random.default_rng(seed).integers(0, 1000, len(counts))
    reference[0] += 1
    ours = float(binned.js(counts, reference))
    q, p = np.array(counts) / sum(counts), reference / reference.sum()
    assert ours == pytest.approx(jensenshannon(q, p, base=2) ** 2, abs=1e-9)
    both = np.array([counts, reference])
    found, freedom = binned.chi2(counts, reference)
    exact = stats.chi2_contingency(both[:, both.sum(axis=0) > 0], correction=False)
    assert (float(found), int(freedom)) == (pytest.approx(exact.statistic, rel=1e-6, abs=1e-6), exact.dof)


@given(seed=SEEDS, n=st.integers(5, 300), shift=st.floats(-2, 2))
def test_bins_only_hide_jensen_shannon(seed, n, shift):
    now, learned, edges, counts, reference = drawn(seed, n, shift, 1)
    finer = np.unique(np.concatenate([edges, sketch.reference_edges(now)]))
    raw = (sketch.bin_counts(values, finer)[:-1] for values in (now, learned))
    assert float(binned.js(counts, reference)) <= float(binned.js(*raw)) + 1e-9


@given(seed=SEEDS)
def test_many_features_segments_and_windows_at_once_are_each_alone(seed):
    rng = np.random.default_rng(seed)
    counts, reference = rng.integers(0, 30, (2, 3, 4, 9)), rng.integers(1, 30, (2, 1, 1, 9))
    edges = np.arange(8.0)
    for statistic in (
        binned.psi, binned.js, binned.ks, lambda c, r: binned.chi2(c, r)[0],
        lambda c, r: binned.wasserstein(c, r, edges),
    ):  # fmt: skip
        whole = statistic(counts, reference)
        assert whole.shape == (2, 3, 4)
        for place in np.ndindex(2, 3, 4):
            one = float(statistic(counts[place], reference[place[0], 0, 0]))
            assert float(whole[place]) == pytest.approx(one, nan_ok=True)


@given(counts=st.lists(st.integers(0, 1000), min_size=2, max_size=30).filter(any), least=st.floats(0.02, 0.9))
def test_groups_of_many_are_those_of_each(counts, least):
    rng = np.random.default_rng(1)
    rows = np.array([counts, rng.permutation(counts)], dtype=float)
    ids = binned.group_ids(rows[:, None], np.array([least, 0.5]))
    for row in range(2):
        for column, one in enumerate((least, 0.5)):
            starts = np.flatnonzero(np.diff(ids[row, column], prepend=-1))
            assert starts.tolist() == binned.groups_of(rows[row], one).tolist()
    assert binned.joined(rows[:, None], ids).sum() == pytest.approx(4 * sum(counts))


class TestBadInput:
    def test_an_empty_window_or_reference_has_no_statistic_and_says_why(self):
        counts, reference = [[0, 0, 0], [1, 2, 3]], [1, 1, 1]
        for statistic in (binned.psi, binned.js, binned.ks):
            found = statistic(counts, reference)
            assert np.isnan(found[0])
            assert np.isfinite(found[1])
            assert np.isnan(statistic([1, 2, 3], [0, 0, 0]))
        assert binned.reasons(counts, reference).tolist() == ["window empty", ""]
        assert binned.reasons([1, 2, 3], [0, 0, 0]).tolist() == "reference empty"

    @pytest.mark.parametrize("wrong", [[1, float("nan"), 2], [1, float("inf"), 2], [1, -1, 2]])
    def test_counts_that_are_none_are_refused(self, wrong):
        for statistic in (binned.psi, binned.js, binned.ks, binned.chi2, binned.reasons):
            with pytest.raises(ValueError, match="from 0"):
                statistic(wrong, [1, 1, 1])
            with pytest.raises(ValueError, match="from 0"):
                statistic([1, 1, 1], wrong)

    def test_other_bins_and_edges_that_do_not_rise_are_refused(self):
        with pytest.raises(ValueError, match="bins"):
            binned.psi([1, 2], [1, 2, 3])
        with pytest.raises(ValueError, match="edges"):
            binned.wasserstein([1, 2, 3], [1, 2, 3], [2.0, 2.0])

    def test_counts_past_int64_do_not_wrap(self):
        huge = [2**62, 2**62, 2**62, 2**62]
        assert float(binned.psi(huge, [1, 1, 1, 1])) == pytest.approx(0, abs=1e-9)
        assert float(binned.ks(np.array(huge, dtype=np.int64), [4, 0, 0, 0])) == pytest.approx(0.75)

    def test_what_was_never_seen_has_a_bin_and_is_no_crash(self):
        assert float(binned.psi([0, 0, 50], [30, 20, 0])) > 5
        assert float(binned.js([0, 0, 50], [30, 20, 0])) == pytest.approx(1)
