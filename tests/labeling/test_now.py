"""Parts as they are now: what each labelled row stands for, and intervals that are honest from few on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.compute.chance import drawn
from labeling.compute.now import measured as m
from labeling.compute.now.crossfit import crossfitted, folds_of
from labeling.compute.now.sample import INSPECTED, Labelled, Standing, Unlabelled, standing
from labeling.compute.training.rows import Rows

DEFECT = np.array([False, True])


def labelled(truth, *, weight=1.0, batch=0, drawn=0.5, came=0.0) -> Labelled:
    n = len(truth)
    spread = [np.broadcast_to(np.asarray(one, dtype=float), n).copy() for one in (weight, drawn, came)]
    batches = np.broadcast_to(np.asarray(batch, dtype=np.int64), n).copy()
    return Labelled(np.asarray(truth, dtype=np.int64), spread[0], batches, spread[1], spread[2])


def others(n: int, weight: float = 1.0, came: float = 0.0) -> Unlabelled:
    return Unlabelled(np.full(n, weight), np.full(n, came))


def says(label, rest=None, doubt: float = 0.1) -> m.Said:
    label = np.asarray(label, dtype=np.int64)
    answers = (
        m.Answers(np.asarray(rest, dtype=np.int64), np.full(len(rest), doubt)) if rest is not None else None
    )
    return m.Said(label, np.full(len(label), doubt), answers)


def stood(rows: Labelled, rest: Unlabelled) -> Standing:
    at = standing(rows, rest)
    assert at is not None
    return at


@given(
    certain=st.integers(0, 5), chance=st.integers(1, 6), later=st.integers(0, 6), inspected=st.integers(0, 4),
    rest=st.integers(1, 30), weight=st.floats(1, 20),
)  # fmt: skip
def test_the_coefficients_of_all_rows_are_one_together(certain, chance, later, inspected, rest, weight):
    rows = labelled(
        [0] * (certain + chance + later + inspected),
        weight=weight,
        batch=[0] * (certain + chance) + [1] * later + [INSPECTED] * inspected,
        drawn=[1.0] * certain + [0.2] * chance + [0.4] * later + [1.0] * inspected,
    )
    at = stood(rows, others(rest, weight))
    assert at.whole.sum() == pytest.approx(1.0)
    assert (at.known >= 0).all()
    assert (at.chance >= 0).all()
    value = m.wrong(at, rows, says([0] * len(rows)))
    assert value["value"] == 0
    assert value["low"] == 0 < value["high"]


def test_chosen_rows_stand_for_themselves_and_drawn_ones_for_the_rest():
    rows = labelled([1, 1, 0, 0], drawn=[1.0, 1.0, 2 / 8, 2 / 8])
    at = stood(rows, others(6))
    assert at.known.tolist() == [0.1, 0.1, 0, 0]
    assert at.chance.tolist() == pytest.approx([0, 0, 0.4, 0.4])


def test_hard_parts_that_the_model_chose_do_not_make_the_rest_look_hard():
    """Ten hard parts among a hundred, all wrong: a tenth is wrong, however many were asked about."""
    rows = labelled([1] * 10 + [0] * 9, drawn=[1.0] * 10 + [0.1] * 9)
    at = stood(rows, others(81))
    assert m.wrong(at, rows, says([0] * 19))["value"] == pytest.approx(0.1)


def test_two_batches_are_right_on_average_where_the_second_learned_of_the_first():
    """The hardest ten that are left are chosen each time; over many draws the estimate has no bias."""
    random = np.random.default_rng(3)
    n = 120
    hard = np.arange(n)[::-1] / n
    truth = (random.random(n) < hard**2).astype(np.int64)
    values = []
    for _ in range(400):
        batch, chance = np.full(n, -9), np.ones(n)
        for number in range(2):
            free = np.flatnonzero(batch == -9)
            batch[free[:10]] = number
            left = free[10:]
            places, share = drawn(np.ones(len(left)), 8, random)
            batch[left[places]], chance[left[places]] = number, share
        has = batch >= 0
        rows = labelled(truth[has], batch=batch[has], drawn=chance[has])
        values.append(m.wrong(stood(rows, others(int((~has).sum()))), rows, says([0] * has.sum()))["value"])
    assert np.mean(values) == pytest.approx(truth.mean(), abs=4 * np.std(values) / 20)


def test_when_every_part_has_its_truth_nothing_is_left_to_doubt():
    rows = labelled([1, 0, 0, 1], drawn=1.0)
    part = m.wrong(stood(rows, others(0)), rows, says([0, 0, 0, 0]))
    assert part == {"value": 0.5, "low": 0.5, "high": 0.5}


def test_without_a_row_by_chance_there_is_no_number():
    rows = labelled([1, 0], drawn=1.0)
    assert standing(rows, others(30)) is None
    assert standing(labelled([]), others(30)) is None


def test_inspected_rows_come_by_chance():
    rows = labelled([1, 0, 0, 0], batch=INSPECTED, drawn=1.0, weight=10.0)
    at = stood(rows, others(50, 10.0))
    assert at.n == 4
    part = m.wrong(at, rows, says([0, 0, 0, 0]))
    assert part["value"] == 0.25
    assert part["high"] > 0.7


def test_a_part_that_came_after_the_asking_is_in_no_frame():
    rows = labelled([1, 0], drawn=0.5, came=1.0)
    at = standing(rows, Unlabelled(np.ones(3), np.array([0.5, 2.0, 3.0])), {0: 1.5})
    assert at is not None
    assert at.rest.tolist() == pytest.approx([1.0, 0, 0])


def test_missed_defects_have_no_number_where_no_defect_was_seen():
    rows = labelled([0] * 12)
    at = stood(rows, others(50))
    assert m.missed(at, rows, says([0] * 12), DEFECT) is None
    assert m.missed_difference(at, rows, says([0] * 12), says([1] * 12), DEFECT) is None
    assert m.rejected(at, rows, says([0] * 12), DEFECT) is not None


def test_defects_that_the_model_chose_say_little_about_those_that_it_does_not_doubt():
    """It found all of ten defects about which it hesitated; among the 200 others there may be some."""
    rows = labelled([1] * 10 + [0] * 10, drawn=[1.0] * 10 + [0.05] * 10)
    part = m.missed(stood(rows, others(190)), rows, says([1] * 10 + [0] * 10), DEFECT)
    assert part is not None
    assert part["value"] == 0
    assert part["high"] > 0.7


def test_versions_that_say_the_same_of_nearly_all_parts_differ_little_however_few_labels():
    rows = labelled([0, 1, 0, 1, 0, 0], drawn=0.05)
    same = [0, 1, 0, 0, 0, 0]
    old, new = says(same, [0] * 100), says(same, [0] * 98 + [1] * 2)
    part = m.wrong_difference(stood(rows, others(100)), rows, old, new)
    assert part["value"] == 0
    assert -0.08 < part["low"] < 0 < part["high"] < 0.08


def test_the_difference_has_the_sign_of_what_is_better():
    rows = labelled([1, 0] * 20, drawn=0.1)
    at = stood(rows, others(360))
    old, new = says([0, 0] * 20, [0] * 360), says([1, 0] * 20, [1, 0] * 180)
    for part in (m.wrong_difference(at, rows, old, new), m.missed_difference(at, rows, old, new, DEFECT)):
        assert part is not None
        assert part["high"] < 0
    back = m.wrong_difference(at, rows, new, old)
    assert back["low"] > 0


@given(wrong=st.integers(0, 40), drawn=st.floats(0.01, 0.9))
def test_shares_stay_shares(wrong: int, drawn: float) -> None:
    rows = labelled([1] * wrong + [0] * (40 - wrong), drawn=drawn)
    part = m.wrong(stood(rows, others(100)), rows, says([0] * 40, [0] * 100))
    assert 0 <= part["low"] <= part["value"] <= part["high"] <= 1


def test_its_own_doubt_narrows_where_it_knows_when_it_is_wrong():
    random = np.random.default_rng(1)
    doubt = random.choice([0.02, 0.9], 1100, p=[0.7, 0.3])
    truth = (random.random(1100) < doubt).astype(np.int64)
    rows, rest = labelled(truth[:100], drawn=100 / 1100), others(1000)
    label = np.zeros(1100, dtype=np.int64)
    blind = m.Said(label[:100], doubt[:100])
    knowing = m.Said(label[:100], doubt[:100], m.Answers(label[100:], doubt[100:]))
    at = stood(rows, rest)
    plain, powered = m.wrong(at, rows, blind), m.wrong(at, rows, knowing)
    assert powered["high"] - powered["low"] < 0.75 * (plain["high"] - plain["low"])
    assert powered["low"] <= truth.mean() <= powered["high"]


def test_more_by_chance_says_how_many_and_none_when_it_is_close():
    rows = labelled([0] * 18 + [1] * 2, drawn=0.02)
    at = stood(rows, others(980))
    said = says([0] * 20)
    more = m.more_by_chance(at, rows, said)
    assert 100 < more < 250
    many = labelled([0] * 900 + [1] * 100, drawn=0.9)
    assert m.more_by_chance(stood(many, others(100)), many, says([0] * 1000)) == 0


@pytest.mark.parametrize("share", [0.02, 0.1, 0.4])
def test_the_interval_holds_with_twenty_labels(share: float) -> None:
    """Ten chosen, ten by chance, of a pool of 200: exact intervals, so never below what is promised."""
    random = np.random.default_rng(int(share * 100))
    held = []
    for _ in range(300):
        truth = (random.random(200) < share).astype(np.int64)
        left, _share = drawn(np.ones(190), 10, random)
        rows = labelled(np.concatenate([truth[:10], truth[10:][left]]), drawn=[1.0] * 10 + [10 / 190] * 10)
        part = m.wrong(stood(rows, others(180)), rows, says([0] * 20))
        held.append(part["low"] <= truth.mean() <= part["high"])
    assert np.mean(held) >= 0.93


def table(n: int) -> Rows:
    label = np.arange(n) % 2
    return Rows(
        readings=label[:, None] + np.random.default_rng(1).normal(scale=0.1, size=(n, 1)),
        label=label, part=np.array([f"p{one // 2}" for one in range(n)]),
        asset=np.full(n, "a"), source=np.full(n, "label"),
        at=np.arange(n, dtype=float), by_chance=np.ones(n, dtype=np.bool_),
    )  # fmt: skip


def test_no_row_is_judged_by_a_model_that_was_taught_its_part():
    seen: list[set[str]] = []

    def recipe(taught: Rows, judged: Rows):
        assert not set(taught.part) & set(judged.part)
        seen.append(set(judged.part))
        return np.eye(2)[judged.label]

    rows = table(40)
    judged = np.arange(40) >= 10
    answers = crossfitted(recipe, rows, judged, 2)
    assert set().union(*seen) == set(rows.part[judged])
    assert (answers.argmax(1) == rows.label[judged]).all()


def test_folds_are_the_same_in_every_run_and_hold_whole_parts():
    part = table(40).part
    fold = folds_of(part)
    assert (fold == folds_of(part)).all()
    assert all(len(set(fold[part == one])) == 1 for one in part)
    assert np.bincount(fold).min() >= 6


@given(
    size=st.lists(st.floats(0.5, 30), min_size=1, max_size=40),
    count=st.integers(1, 40),
    seed=st.integers(0, 99),
)
def test_a_draw_has_its_size_and_tells_its_probability(size, count, seed):
    places, share = drawn(np.array(size), count, np.random.default_rng(seed))
    assert len(places) == len(set(places.tolist())) == min(count, len(size))
    assert ((share > 0) & (share <= 1)).all()


def test_what_stands_for_ten_is_drawn_ten_times_as_often():
    random = np.random.default_rng(2)
    size = np.array([1.0] * 50 + [10.0] * 50)
    tally = np.zeros(100)
    for _ in range(800):
        tally[drawn(size, 10, random)[0]] += 1
    assert tally[50:].mean() / tally[:50].mean() == pytest.approx(10, rel=0.25)
