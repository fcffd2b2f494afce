"""Blocks: rows that resemble each other prove nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from monitoring.drift.compute.multivariate.blocks import (
    LEAST,
    MANY,
    Sides,
    TooFewRows,
    apart,
    cut,
    memories,
)
from tests.monitoring.ground import ar1


def sides(m: int, n: int, tau: float = 1.0, seed: int = 0) -> Sides:
    return Sides.of(cut(m, tau, "then"), cut(n, tau, "now"), np.random.default_rng(seed))


@pytest.mark.parametrize(("phi", "tau"), [(0.0, 1.0), (0.5, 3.0), (0.9, 19.0)])
def test_the_memory_of_an_autoregression_is_its_known_one(phi: float, tau: float):
    """τ = (1 + φ) / (1 - φ)."""
    found = [memories(ar1(6000, phi, np.random.default_rng(seed))[:, None])[0] for seed in range(5)]
    assert np.mean(found) == pytest.approx(tau, rel=0.2)


def test_each_reading_has_a_memory_of_its_own():
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.normal(size=3000), ar1(3000, 0.9, rng), np.full(3000, 7.0)])
    found = memories(rows)
    assert (found[0] < 1.3, found[1] > 12, found[2] == 1) == (True, True, True)


def test_gaps_infinities_and_constants_have_no_memory():
    rows = np.full((100, 2), np.nan)
    assert memories(rows).tolist() == [1, 1]
    rows[:, 0] = 3.0
    rows[0, 1] = np.inf
    assert memories(rows).tolist() == [1, 1]


@given(n=st.integers(1, 20_000), tau=st.floats(1, 200))
@settings(deadline=None)
def test_blocks_are_whole_in_order_and_neither_too_few_nor_too_many(n: int, tau: float):
    length = int(np.ceil(2 * tau)) if tau > 1.5 else 1
    if n < LEAST * length:
        with pytest.raises(TooFewRows) as few:
            cut(n, tau, "now")
        assert few.value.wanted == LEAST * length
        return
    found = cut(n, tau, "now")
    sizes = np.bincount(found)
    assert (np.diff(found) >= 0).all()
    assert LEAST <= len(sizes) <= MANY
    assert sizes.min() >= length


def test_the_area_is_that_of_mann_and_whitney():
    rng = np.random.default_rng(3)
    scores, both = np.concatenate([rng.normal(size=300), rng.normal(0.4, 1, size=200)]), sides(300, 200)
    found = apart(scores, both, rng)
    exact = mannwhitneyu(scores[both.now], scores[~both.now])
    assert found.auc == pytest.approx(exact.statistic / 60_000, abs=0.01)  # ranked within folds
    assert (found.p < 0.01, exact.pvalue < 0.01) == (True, True)


def test_the_interval_holds_the_true_area_about_as_often_as_it_says():
    hits = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scores = np.concatenate([rng.normal(size=200), rng.normal(0.5, 1, size=150)])
        found = apart(scores, sides(200, 150, seed=seed), rng)
        hits += found.low <= 0.638 <= found.high  # Φ(0.5 / √2)
    assert hits >= 51


def test_p_is_spread_evenly_where_nothing_changed_and_neighbours_resemble_each_other():
    found = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        rows = ar1(1600, 0.8, rng)
        both = sides(1000, 600, memories(rows[:1000, None])[0], seed)
        found.append(apart(rows, both, rng).p)
    below = [np.mean(np.asarray(found) < level) for level in (0.05, 0.5)]
    assert below[0] <= 0.15
    assert 0.33 <= below[1] <= 0.67
