"""Exact bounds of a share are SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import beta

from monitoring.rules import exact

COUNTS = st.integers(1, 200_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.floats(0.5, 0.9999))
@example((0, 1), 0.95)
@example((200_000, 200_000), 0.95)
@example((3, 10), 0.5)
def test_bounds_are_those_of_the_beta_distribution(counts, certainty):
    hits, n = counts
    top = 1.0 if hits == n else beta.ppf(certainty, hits + 1, n - hits)
    bottom = 0.0 if hits == 0 else beta.ppf(1 - certainty, hits, n - hits + 1)
    assert exact.at_most(hits, n, certainty) == pytest.approx(top, abs=1e-9)
    assert exact.at_least(hits, n, certainty) == pytest.approx(bottom, abs=1e-9)


def test_nothing_seen_leaves_everything_possible():
    assert (exact.at_most(0, 0), exact.at_least(0, 0)) == (1.0, 0.0)


@pytest.mark.parametrize(("share", "n"), [(0.05, 59), (0.39304, 6), (0.01, 299)])
def test_so_many_without_one_miss_prove_a_share(share, n):
    assert exact.fewest(share) == n
    assert exact.at_most(0, n) <= share < exact.at_most(0, n - 1)


@given(share=st.floats(0.005, 0.9), missed=st.integers(0, 5))
def test_so_many_parts_prove_it_and_one_fewer_do_not(share, missed):
    n = exact.parts_for(share, missed)
    assert exact.at_most(missed, n) <= share
    assert n == missed + 1 or exact.at_most(missed, n - 1) > share


@pytest.mark.parametrize("share", [0, -1, 1, 2])
def test_no_number_of_parts_proves_that_nothing_is_missed(share):
    with pytest.raises(ValueError, match="no number"):
        exact.parts_for(share)


@given(n=st.floats(0.5, 500), part=st.floats(0, 1), certainty=st.sampled_from([0.9, 0.95]))
def test_rows_of_unequal_weight_have_bounds_too(n, part, certainty):
    assert exact.at_most(n * part, n, certainty) == pytest.approx(
        beta.ppf(certainty, n * part + 1, n - n * part) if part < 1 else 1.0, abs=1e-7
    )
