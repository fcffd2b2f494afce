"""The counting of the fault run: a count that could not fail would show nothing."""

from __future__ import annotations

from tests.soak.counting import Verdict, count, sums, table

MADE = ["a", "b", "c"]
THERE = [("a", "part 1"), ("b", "part 2"), ("c", "part 3")]


def test_what_is_the_same_on_both_sides_is_good() -> None:
    found = count("predictions", MADE, THERE)

    assert found.good
    assert (found.made, found.there) == (3, 3)
    assert Verdict([found], []).good


def test_a_lost_id_is_found() -> None:
    found = count("predictions", MADE, THERE[:2])

    assert found.lost == ["c"]
    assert found.doubled == []
    assert not Verdict([found], []).good


def test_an_id_that_is_there_twice_is_found() -> None:
    found = count("labels", MADE, [*THERE, ("b", "part 2")])

    assert found.doubled == ["b"]
    assert found.lost == []
    assert not Verdict([found], []).good


def test_one_part_under_two_ids_is_doubled_even_where_both_were_made() -> None:
    found = count("predictions", [*MADE, "d"], [*THERE, ("d", "part 3")])

    assert found.doubled == ["part 3"]
    assert not found.good


def test_an_id_that_nobody_made_is_doubled_once() -> None:
    found = count("predictions", MADE, [*THERE, ("x", "part 3")])

    assert found.doubled == ["x"]


def test_one_lost_and_one_doubled_do_not_cancel_each_other() -> None:
    found = count("predictions", MADE, [THERE[0], THERE[1], THERE[1]])

    assert (found.made, found.there) == (3, 3)
    assert (found.lost, found.doubled) == (["c"], ["b"])


def test_window_sums_below_are_lost_and_above_are_doubled() -> None:
    found = sums("parts in windows", {"press-3": 10, "mill-5": 7, "mill-6": 2}, {"press-3": 9, "mill-5": 8})

    assert found.lost == ["mill-6: 2 made, 0 there", "press-3: 10 made, 9 there"]
    assert found.doubled == ["mill-5: 7 made, 8 there"]


def test_something_stuck_is_enough_to_fail() -> None:
    verdict = Verdict([count("predictions", MADE, THERE)], ["node-1: 1 parked"])

    assert not verdict.good
    assert "stuck: node-1: 1 parked" in table(verdict)


def test_nothing_made_at_all_shows_nothing_and_is_seen_in_the_table() -> None:
    assert table(Verdict([count("labels", [], [])], [])).splitlines()[1].split() == ["labels", *"0000"]
