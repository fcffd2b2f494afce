"""One form of a part's id, and what tells two parts apart."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.wire.parts import ROOM, part_id, part_key

WRITTEN = ("1000", "1000.0", " 1000 ", "1000,0", "'1000", "''1000", "1000.00", "1000\u00ad", "\ufeff1000")


@pytest.mark.parametrize("text", [*WRITTEN, "１０００", "1000．0", 1000, 1000.0])
def test_a_part_has_one_id_however_a_program_writes_it(text: object) -> None:
    assert part_id(text) == "1000"


@pytest.mark.parametrize(
    ("one", "other"),
    [("0012", "12"), ("1.10", "1.1"), ("1E5", "100000"), ("k7", "K7"), ("1.000", "1"), ("A 1", "A1")],
)
def test_what_may_be_two_parts_stays_two(one: str, other: str) -> None:
    assert part_id(one) != part_id(other)


@pytest.mark.parametrize(("one", "other"), [("1000", "10000"), ("100", "1"), ("A/1", "A/11"), ("1.5", "1")])
def test_other_parts_have_other_keys(one: str, other: str) -> None:
    assert part_key(one) != part_key(other)


def test_an_id_of_several_names_is_written_name_by_name() -> None:
    assert part_id("B1 / K2/3.0") == "B1/K2/3"


@pytest.mark.parametrize("text", [None, float("nan"), "", " \u200b"])
def test_nothing_is_no_part(text: object) -> None:
    assert part_id(text) == ""


def test_two_long_ids_that_begin_alike_stay_two_and_fit() -> None:
    one, other = (part_id("(01)04012345678901(21)" + "0" * 60 + end) for end in "ab")
    assert one != other
    assert len(one) == len(other) == ROOM


@pytest.mark.parametrize(("one", "other"), [("0012", "12"), ("k7", "K7"), ("ⅻ", "xii"), ("B1/03.0", "b1/3")])
def test_what_may_be_one_part_has_one_key(one: str, other: str) -> None:
    assert part_key(one) == part_key(other)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=90) | st.floats(allow_nan=False) | st.integers())
@example("''a'")
@example("'\u00ad'a")
@example("\u2126\u0301/'7.00")
@example("1.0,0")
@example("\uff21\u200b\u0301")
def test_the_id_of_an_id_is_itself_and_has_its_key(text: object) -> None:
    found = part_id(text)
    assert part_id(found) == found
    assert part_key(found) == part_key(text)
    assert len(found) <= ROOM
