"""Groups of readings where nobody named any."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explain.compute.blocks import groups, names


def moving(seed: int = 1, n: int = 300) -> np.ndarray:
    """Readings 0 and 2 follow one cause, 1 and 4 another, 3 none."""
    draw = np.random.default_rng(seed)
    a, b = draw.normal(size=(2, n))

    def near(cause: np.ndarray) -> np.ndarray:
        return cause + 0.3 * draw.normal(size=n)

    return np.column_stack([near(a), near(b), -near(a), draw.normal(size=n), np.exp(near(b))])


KEYS = ["inlet", "outlet", "pump", "level", "valve"]


def test_readings_that_move_together_are_a_group_also_against_each_other_or_bent() -> None:
    assert groups(KEYS, moving()) == [0, 1, 0, 2, 1]
    assert names(KEYS, [0, 1, 0, 2, 1]) == [
        "inlet (+ 1)", "outlet (+ 1)", "inlet (+ 1)", "level", "outlet (+ 1)",
    ]  # fmt: skip


def test_gaps_and_constants_do_no_harm() -> None:
    rows = moving()
    rows[::3, 0] = np.nan
    rows[:, 3] = 7.0
    rows = np.column_stack([rows, np.full(len(rows), np.nan)])
    found = groups([*KEYS, "empty"], rows)
    assert found[0] == found[2]
    assert len({found[0], found[1], found[3], found[5]}) == 4


def test_names_that_differ_in_their_number_come_first() -> None:
    keys = ["zone_1", "zone_2", "force_1", "force_2", "flow_1", "flow_2"]
    rows = np.random.default_rng(2).normal(size=(50, 6))
    assert groups(keys, rows) == [0, 0, 1, 1, 2, 2]
    assert names(keys, groups(keys, rows)) == ["zone", "zone", "force", "force", "flow", "flow"]


def test_one_stem_for_all_says_nothing() -> None:
    keys = [f"s{number:03}" for number in range(5)]
    assert groups(keys, moving()) == [0, 1, 0, 2, 1]


@given(st.integers(0, 8), st.integers(0, 6), st.integers(0, 99))
def test_every_reading_is_in_one_group_and_groups_are_counted_from_the_first(
    n: int, count: int, seed: int
) -> None:
    keys = [f"reading {'abcdef'[number]}" for number in range(count)]
    found = groups(keys, np.random.default_rng(seed).normal(size=(n, count)))
    assert len(found) == count
    assert list(dict.fromkeys(found)) == list(range(len(set(found))))
