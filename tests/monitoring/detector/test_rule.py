"""When windows make an event."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitoring.drift.compute.detector import rule

LEVEL = 5.0


def events(values, *, at_once=np.inf, persist=2):
    tail_score = np.asarray(values, dtype=float)
    held = rule.raised(tail_score, level=LEVEL, at_once=at_once, persist=persist)
    begun, on = rule.events(tail_score, held, low=rule.RETURNED * LEVEL)
    return begun, on.tolist()


def test_one_window_alone_is_no_event():
    assert events([0, 6, 0, 6, 0])[0] == []


def test_two_in_a_row_begin_one_with_the_second():
    assert events([0, 6, 6, 6, 0]) == ([2], [False, False, True, True, False])


def test_what_is_far_out_does_not_wait():
    assert events([0, 20, 0], at_once=10)[0] == [1]


def test_an_event_lasts_until_it_came_well_back():
    assert events([6, 6, 4, 6, 6, 1, 6, 6])[0] == [1, 7]


def test_small_windows_must_agree_for_three_rows():
    assert [rule.persistence(n) for n in (1, 2, 3, 50)] == [3, 2, 2, 2]


@given(st.lists(st.floats(0, 20), max_size=60), st.integers(2, 4))
def test_an_event_begins_only_where_enough_windows_in_a_row_are_out(values, persist):
    for begun in events(values, persist=persist)[0]:
        assert all(value > LEVEL for value in values[begun - persist + 1 : begun + 1])
        assert begun >= persist - 1
