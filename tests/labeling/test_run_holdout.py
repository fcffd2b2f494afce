"""Holding out parts of a table without a time: by chance, each class, whole parts, always the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.compute.training.reference import reference
from labeling.compute.training.rows import BASE, Rows, held_out, rows_of, trains
from labeling.selectors.rows import LABEL
from mlops_portal.foundation.wire import sketch

CLASSES = ["a", "b", "c"]


def table(label: list[str], part: list[str], source: str = BASE) -> Rows:
    n = len(label)
    return rows_of(
        readings=np.zeros((n, 1)),
        label=label,
        part=part,
        asset=["one"] * n,
        source=[source] * n,
        at=[0.0] * n,
        by_chance=[True] * n,
        classes=CLASSES,
    )


@given(
    st.lists(st.tuples(st.sampled_from(CLASSES), st.integers(0, 60)), min_size=1, max_size=200),
    st.sampled_from([0.1, 0.2, 0.5]),
)
@settings(max_examples=60)
def test_parts_stay_whole_and_every_class_keeps_parts_that_train(drawn, share) -> None:
    rows = table([one for one, _part in drawn], [f"P{part}" for _one, part in drawn])
    measured = held_out(rows, share, ordered=False)
    training = trains(rows, measured)
    assert not set(rows.part[measured]) & set(rows.part[training])
    assert (measured | training).all()
    assert training.any()


def test_each_class_gives_its_share() -> None:
    label = ["a"] * 1000 + ["b"] * 100 + ["c"] * 10
    rows = table(label, [f"P{n}" for n in range(len(label))])
    measured = held_out(rows, 0.2, ordered=False)
    assert np.bincount(rows.label[measured]).tolist() == [200, 20, 2]


def test_the_draw_does_not_hang_on_the_order_of_the_rows() -> None:
    label = ["a", "b"] * 50
    part = [f"P{n}" for n in range(100)]
    first = table(label, part)
    second = table(label[::-1], part[::-1])
    held = [set(rows.part[held_out(rows, 0.2, ordered=False)]) for rows in (first, second)]
    assert held[0] == held[1]


def test_a_larger_share_holds_out_the_same_parts_and_more() -> None:
    rows = table(["a", "b"] * 50, [f"P{n}" for n in range(100)])
    small, large = (set(rows.part[held_out(rows, share, ordered=False)]) for share in (0.1, 0.4))
    assert small < large


def test_parts_since_are_held_out_by_their_age_whatever_the_past_ones_are() -> None:
    rows = table(["a"] * 10, [f"P{n}" for n in range(10)], source=LABEL)
    aged = Rows(*(getattr(rows, name) if name != "at" else np.arange(10.0) for name in Rows.__slots__))
    assert set(aged.part[held_out(aged, 0.2, ordered=False)]) == {"P8", "P9"}


def frozen(values: list[float], categories: list[str], *, ordered: bool):
    return reference(
        readings=np.array(values, dtype=np.float64).reshape(-1, 1),
        asset=np.array(["one"] * len(values)),
        at=np.arange(float(len(values))),
        features={"x": categories},
        said=["a"] * len(values),
        confidence=np.full(len(values), 0.9),
        ordered=ordered,
    )["features"]["x"]


def test_neighbours_are_judged_only_where_the_rows_have_an_order() -> None:
    rising = [float(n) for n in range(50)]
    assert frozen(rising, [], ordered=True)["phi"] > 0.9
    assert frozen(rising, [], ordered=False)["phi"] == 0.0


def test_a_reading_of_words_has_a_bin_for_each_an_unseen_and_a_missing_one() -> None:
    found = frozen([0.0, 1.0, 1.0, 2.0, np.nan], ["L", "M", "H"], ordered=True)
    assert found["edges"] == [0.0, 1.0, 2.0]
    assert found["counts"] == [1, 2, 1, 0, 1]


def test_a_reading_without_a_single_value_is_frozen_as_missing_and_shows_one_that_comes() -> None:
    found = frozen([np.nan] * 4, [], ordered=True)
    assert found["counts"][-1] == 4
    assert sketch.bin_counts([3.5], found["edges"]).tolist() == [0, 1, 0]
