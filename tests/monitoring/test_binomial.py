"""The exact interval of a share, and how many parts prove what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from statsmodels.stats.proportion import proportion_confint

from monitoring.rules.binomial import at_most, beta_share, clopper_pearson, parts_for


@given(n=st.integers(1, 400), data=st.data())
def test_the_interval_is_that_of_statsmodels(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    expected = proportion_confint(hits, n, method="beta")
    assert clopper_pearson(hits, n) == pytest.approx(expected, abs=1e-9)


@given(x=st.floats(0, 1), a=st.floats(0.1, 300), b=st.floats(0.1, 300))
def test_fractions_of_rows_have_one_too(x: float, a: float, b: float) -> None:
    assert beta_share(x, a, b) == pytest.approx(special.betainc(a, b, x), abs=1e-9)


def test_without_a_part_everything_is_possible() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert at_most(0, 0) == 1.0


def test_six_of_six_leave_39_percent_possible_and_59_prove_5() -> None:
    assert at_most(0, 6) == pytest.approx(0.393, abs=5e-4)
    assert parts_for(0.05) == 59


@given(share=st.floats(0.005, 0.9), missed=st.integers(0, 5))
def test_so_many_parts_prove_it_and_one_fewer_do_not(share: float, missed: int) -> None:
    n = parts_for(share, missed)
    assert at_most(missed, n) <= share
    assert n == missed + 1 or at_most(missed, n - 1) > share


@pytest.mark.parametrize("share", [0, -1, 1, 2])
def test_no_number_of_parts_proves_that_nothing_is_missed(share: float) -> None:
    with pytest.raises(ValueError, match="no number"):
        parts_for(share)
