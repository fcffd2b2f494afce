"""Which rows a model must not be taught, because it is tested on them or on their like."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_portal.foundation.wire.parts import part_key
from monitoring.golden.compute import apart


def rows(n: int = 400, d: int = 6, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)) * np.array([1, 100, 1e4, 1e-3, 5, 1])[:d]


def found(readings: np.ndarray, part: list[str], kept: list[apart.Kept], words: int = 0) -> dict[int, str]:
    categories = [place < words for place in range(readings.shape[1])]
    spread = apart.spread_of(readings, categories)
    every = apart.matches(readings=readings, part=part, spread=spread, kept=kept)
    return {row: one.reason for row, one in apart.strongest(every).items()}


def names(n: int) -> list[str]:
    return [f"P{number}" for number in range(n)]


def test_a_kept_part_is_left_out_by_its_id_with_all_its_samples() -> None:
    table = rows()
    part = [f"P{number // 4}" for number in range(400)]
    assert found(table, part, [apart.Kept("G-01", "P7", rows(1, seed=9)[0])]) == dict.fromkeys(
        range(28, 32), "part"
    )


@pytest.mark.parametrize(
    ("golden", "table"),
    [("1000", "1000.0"), ("1000.0", "1000"), ("01000", "1000"), (" k7 ", "K7"), ("B1/K2/3.0", "B1/K2/3"),
     ("1000", "1000,00")],
)  # fmt: skip
def test_one_part_is_one_part_however_its_id_is_written(golden: str, table: str) -> None:
    part = names(400)
    part[5] = table
    assert found(rows(), part, [apart.Kept("G-01", golden, rows(1, seed=9)[0])]) == {5: "part"}


@pytest.mark.parametrize(("one", "other"), [("K7", "K71"), ("1000", "10000"), ("1.5", "1"), ("A/1", "A/11")])
def test_other_parts_stay_other_parts(one: str, other: str) -> None:
    assert part_key(one) != part_key(other)


def test_copies_with_noise_under_another_id_are_left_out() -> None:
    table = rows()
    table[10], table[20] = table[3], table[3] + 1e-9
    assert found(table, names(400), [apart.Kept("G-01", "", table[3])]) == dict.fromkeys((3, 10, 20), "equal")


def test_near_is_within_a_hundredth_of_the_spread_and_not_beyond() -> None:
    table = rows()
    spread = apart.spread_of(table, [False] * 6)
    table[10], table[20] = table[3] + 0.008 * spread, table[3] + 0.02 * spread
    got = found(table, names(400), [apart.Kept("G-01", "", table[3])])
    assert got == {3: "equal", 10: "near"}


def test_other_samples_of_a_part_that_is_a_copy_go_with_it() -> None:
    table, part = rows(), names(400)
    table[10] = table[3]
    part[11] = part[12] = part[10]
    got = found(table, part, [apart.Kept("G-01", part[3], table[3])])
    assert got == {3: "part", 10: "equal", 11: "beside", 12: "beside"}


def test_a_copy_of_any_sample_of_the_kept_part_is_left_out_too() -> None:
    table, part = rows(), names(400)
    part[4] = part[3]
    table[30] = table[4]
    assert found(table, part, [apart.Kept("G-01", part[3], table[3])]) == {3: "part", 4: "part", 30: "equal"}


def test_another_word_or_a_missing_value_is_no_near_duplicate() -> None:
    table = rows()
    table[:, 0] = np.arange(400) % 3
    table[10] = table[3]
    table[10, 0] = (table[3, 0] + 1) % 3
    table[20] = table[3]
    table[20, 4] = np.nan
    assert found(table, names(400), [apart.Kept("G-01", "", table[3])], words=1) == {3: "equal"}


def test_missing_in_the_same_place_is_equal() -> None:
    table = rows()
    table[3, 4] = np.nan
    table[10] = table[3]
    assert set(found(table, names(400), [apart.Kept("G-01", "", table[3])])) == {3, 10}


def test_on_a_single_reading_only_equal_ones_count() -> None:
    table = np.linspace(0.0, 1.0, 2001)[:, None]
    assert found(table, names(2001), [apart.Kept("G-01", "", table[1000])]) == {1000: "equal"}


def test_the_answer_for_a_row_does_not_hang_on_the_rows_around_it() -> None:
    table, spread = rows(), apart.spread_of(rows(), [False] * 6)
    kept = [apart.Kept("G-01", "P3", table[3]), apart.Kept("G-02", "", table[100] + 0.005 * spread)]
    whole = apart.matches(readings=table, part=names(400), spread=spread, kept=kept)
    left = np.setdiff1d(np.arange(400), [one.row for one in whole])
    again = apart.matches(readings=table[left], part=[f"P{row}" for row in left], spread=spread, kept=kept)
    assert {one.row for one in whole} == {3, 100}
    assert again == []


def test_a_constant_reading_and_an_empty_table_decide_nothing() -> None:
    table = rows()
    table[:, 2] = 7.0
    assert found(table, names(400), [apart.Kept("G-01", "", table[3])]) == {3: "equal"}
    assert apart.matches(readings=table[:0], part=[], spread=np.ones(6), kept=[]) == []


# ---- other units ----


@pytest.mark.parametrize(
    "again",
    [
        lambda row: row * 1000,
        lambda row: row / 25.4,
        lambda row: np.append(row[0] * 1000, row[1:]),
        lambda row: np.append(row[:-1], row[-1] * 1.8 + 32),
        lambda row: np.append(row[:-1], row[-1] + 273.15),
        lambda row: (row * 1e-3).astype(np.float32).astype(np.float64),
    ],
)
def test_a_part_recorded_again_in_other_units_is_left_out(again) -> None:
    table = rows()
    golden = table[3].copy()
    table[10] = again(golden)
    assert found(table, names(400), [apart.Kept("G-01", "", golden)]) == {3: "equal", 10: "unit"}


def test_a_part_that_differs_in_one_reading_besides_its_units_is_another_one() -> None:
    table = rows()
    golden = table[3].copy()
    table[10] = golden * 1000
    table[10, 2] *= 1.01
    assert found(table, names(400), [apart.Kept("G-01", "", golden)]) == {3: "equal"}


def test_categories_have_no_unit_and_missing_readings_stay_missing() -> None:
    table = rows()
    table[:, 0] = 1.0
    golden = table[3].copy()
    table[10], table[20] = golden * 1000, golden * 1000
    table[10, 0], table[20, 0] = 1.0, 10.0  # another word
    assert found(table, names(400), [apart.Kept("G-01", "", golden)], words=1) == {3: "equal", 10: "unit"}
    table[30] = table[10]
    table[30, 4] = np.nan
    assert 30 not in found(table, names(400), [apart.Kept("G-01", "", golden)], words=1)


def test_chance_makes_no_part_another_one_in_other_units() -> None:
    table = rows(4000, 3)
    kept = [apart.Kept(f"G-{number}", "", row) for number, row in enumerate(rows(40, 3, seed=7))]
    assert "unit" not in found(table, names(4000), kept).values()
