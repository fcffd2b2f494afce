"""Encoded rows: what goes in comes out, whatever the sizes of counts."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.reports.compute.decoding import summed
from monitoring.rules.encoding import (
    CODES,
    WIDTHS,
    encode,
    width_of,
)

LAYOUT = [("air", 3), ("pressure", 4)]
COUNTS = st.integers(0, 1 << 40)
ROWS = st.lists(
    st.tuples(st.lists(COUNTS, min_size=3, max_size=3), st.lists(COUNTS, min_size=4, max_size=4)),
    min_size=1,
    max_size=12,
)


def test_there_is_a_code_for_each_width_on_this_machine():
    assert {array(code).itemsize for code in CODES.values()} == set(WIDTHS)


@given(rows=ROWS)
def test_rows_of_any_size_add_up_exactly(rows):
    blobs = [encode({"air": air, "pressure": pressure}, {}, LAYOUT, 0) for air, pressure in rows]
    counts, moments = summed(blobs, LAYOUT)
    assert counts["air"] == [sum(column) for column in zip(*(air for air, _ in rows), strict=True)]
    assert counts["pressure"] == [sum(column) for column in zip(*(one for _, one in rows), strict=True)]
    assert moments == {"air": [0.0] * 5, "pressure": [0.0] * 5}


@pytest.mark.parametrize(
    ("largest", "width"), [(0, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (1 << 32, 8)]
)
def test_a_count_takes_as_few_bytes_as_the_largest_needs(largest: int, width: int):
    blob = encode({"air": [largest, 0, 0], "pressure": [0, 1, 0, 0]}, {"air": [1.5] * 5}, LAYOUT, 0)
    assert width_of(len(blob), LAYOUT) == width
    counts, moments = summed([blob], LAYOUT)
    assert counts["air"] == [largest, 0, 0]
    assert moments["air"] == [1.5] * 5


def test_a_count_below_nothing_is_refused():
    with pytest.raises(ValueError, match="below 0"):
        encode({"air": [1, -1, 0]}, {}, LAYOUT, 3)


def test_bytes_that_fit_no_width_are_refused():
    with pytest.raises(ValueError, match="not of this version"):
        summed([b"x" * 83], LAYOUT)
