"""Where a drift comes from: the parts add up to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.selectors.drift import Group, divide, gathered

COUNTS = st.lists(st.integers(0, 200), min_size=7, max_size=7)


@given(
    groups=st.lists(COUNTS.filter(lambda one: sum(one[:-1]) > 0), min_size=1, max_size=6), reference=COUNTS
)
def test_the_shares_add_up_to_all_of_the_drift(groups, reference):
    rows = [Group("Press", str(lot), "Early", True, counts) for lot, counts in enumerate(groups)]
    whole = divide(rows, reference)
    assert whole >= -1e-12
    if whole > 1e-9:
        assert sum(row.share for row in rows) == pytest.approx(1, abs=1e-6)


def test_the_lot_that_moved_has_most_of_it():
    as_learned, moved = [30, 40, 30, 0], [0, 10, 90, 0]
    rows = [Group("Press 4", "7731", "", True, moved), Group("Press 4", "7730", "", True, as_learned)]
    divide(rows, [300, 400, 300, 0])
    assert rows[0].share > 0.9


def test_the_rest_is_one_row_so_that_shares_still_add_up():
    rows = [Group("Press", str(n), "", False, share=0.1) for n in range(10)]
    shown = gathered(rows)
    assert len(shown) == 6
    assert sum(one.share for one in shown) == pytest.approx(1)
    assert shown[-1].others == 5
