"""Series of different pace as rows of one table."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.measures.compute.aligned import Timed, pace_of, rows_of


def timed(*pairs: tuple[float, float]) -> Timed:
    return [at for at, _ in pairs], [value for _, value in pairs]


def test_a_row_is_a_step_of_the_slowest_part_and_the_others_give_their_mean() -> None:
    slow = timed(*((60.0 * at, float(at)) for at in range(4)))
    fast = timed(*((10.0 * at, float(at)) for at in range(19)))
    assert pace_of([fast, slow]) == (1, 60.0)
    found = rows_of([fast, slow], slow[0], slack=0.0)
    assert found.tolist() == [[3.5, 1.0], [9.5, 2.0], [15.5, 3.0]]


def test_a_step_in_which_a_part_said_nothing_has_a_gap() -> None:
    slow = timed((0.0, 1.0), (60.0, 2.0), (120.0, 3.0))
    found = rows_of([slow, timed((70.0, 5.0)), timed()], [0.0, 60.0, 120.0], slack=6.0)
    assert np.isnan(found[0, 1])
    assert found[1, 1] == 5.0
    assert np.isnan(found[:, 2]).all()


def test_a_clock_that_goes_a_little_before_or_behind_makes_no_gap() -> None:
    slow = timed(*((60.0 * at, 0.0) for at in range(20)))
    other = timed(*((60.0 * at + (4 if at % 2 else -4), float(at)) for at in range(20)))
    found = rows_of([slow, other], slow[0], slack=6.0)
    assert found[:, 1].tolist() == list(range(1, 20))


@given(
    st.lists(st.integers(0, 600), min_size=1, max_size=40, unique=True),
    st.lists(st.integers(0, 600), min_size=2, max_size=20, unique=True),
)
def test_every_value_within_the_steps_counts_once(times: list[int], ends: list[int]) -> None:
    part = [(float(at), float(at)) for at in sorted(times)]
    edges = [float(at) for at in sorted(ends)]
    found = rows_of([timed(*part)], edges, slack=0.0)[:, 0]
    for row, (begin, end) in zip(found, pairwise(edges), strict=True):
        inside = [value for at, value in part if begin < at <= end]
        assert row == pytest.approx(np.mean(inside)) if inside else np.isnan(row)


def test_no_pace_where_a_part_has_said_too_little() -> None:
    assert pace_of([timed((0.0, 1.0)), timed((0.0, 1.0), (60.0, 1.0))]) == (0, 0.0)
    assert pace_of([]) == (0, 0.0)
