"""A window is as long as some parts take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.above.onboarding.compute.pace import PARTS, PLAIN, window_for


@pytest.mark.parametrize(
    ("every", "window"), [(1, 60), (12, 300), (45, 900), (300, 7_200), (4_970, 86_400), (86_400, 86_400)]
)
def test_the_shortest_plain_span_that_holds_the_parts(every: float, window: int) -> None:
    assert window_for(np.arange(500) * every, otherwise=1) == window


def test_nights_and_gaps_do_not_count_and_the_order_of_rows_does_not_matter() -> None:
    at = np.concatenate([np.arange(200) * 40.0 + day * 86_400 for day in range(5)])
    at[::17] = np.nan
    assert window_for(np.random.default_rng(1).permutation(at), otherwise=1) == 900


def test_where_the_times_say_nothing_the_usual_window_stays() -> None:
    assert window_for(np.zeros(100), otherwise=900) == 900
    assert window_for(np.arange(PARTS - 1) * 60.0, otherwise=900) == 900
    assert window_for(np.full(100, np.nan), otherwise=900) == 900


@given(st.floats(0.01, 1e6), st.integers(PARTS, 300))
def test_it_is_always_a_plain_span(every: float, n: int) -> None:
    assert window_for(np.arange(n) * every, otherwise=0) in PLAIN
