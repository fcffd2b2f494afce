"""Single cells as labs, PLCs and spreadsheets write them: they are counted, said, and can be answered."""

from __future__ import annotations

import numpy as np
import pytest

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.model import Kind
from mlops_portal.foundation.registry.compute.tables.read import read
from tests.registry.tables.ground import only, put


def column(folder, cells, *, name="Temp", answers=None, delimiter=";", quote=""):
    lines = [
        f"n{delimiter}{name}",
        *(f"k{at}{delimiter}{quote}{cell}{quote}" for at, cell in enumerate(cells)),
    ]
    return read(put(folder, "\n".join(lines) + "\n"), answers=Answers(answers or {}))


PLAIN = [f"{80 + at / 10:.1f}" for at in range(12)]


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("<0.5", 0.5, "cells-bound"),
        ("≥ 7", 7.0, "cells-bound"),
        ("80 °C", 80.0, "cells-unit"),
        ("80°C", 80.0, "cells-unit"),
        ("92%", 92.0, "cells-unit"),
        ("12.5mm", 12.5, "cells-unit"),
        ("#NV", np.nan, "cells-error"),
        ("#DIV/0!", np.nan, "cells-error"),
        ("error", np.nan, "cells-error"),
        ("n. a.", np.nan, "cells-error"),
        ("torn off", np.nan, "mixed-types"),
        ("−20.5", -20.5, "cells-minus"),
        ("– 20.5", -20.5, "cells-minus"),
        ("2e−3", 0.002, "cells-minus"),
        ("(20.5)", -20.5, "cells-below"),
        ("( 1,020.5 )", -1020.5, "cells-below"),
        ("20.5-", -20.5, "cells-below"),
        ("−20.5 °C", -20.5, "cells-unit"),
        ("–", np.nan, "cells-error"),
        ("12–15", np.nan, "mixed-types"),
    ],
)
def test_one_cell_never_turns_a_column_of_numbers_into_categories(tmp_path, cell, value, code):
    frame = column(tmp_path, [*PLAIN, cell])
    assert frame.kinds["Temp"] == Kind.NUMBER
    assert np.array_equal(frame.columns["Temp"][-1], value, equal_nan=True)
    said = only(frame.faults, code)
    assert (said.column, said.row, said.values["count"]) == ("Temp", 14, "1")
    assert cell in said.sentence
    assert said.blocking == (code in ("mixed-types", "cells-below"))  # what nobody knows is asked


def test_cells_are_emptied_or_the_column_made_words_by_an_answer(tmp_path):
    cells = [*PLAIN, "<0.5", "<0.5"]
    assert np.isnan(column(tmp_path, cells, answers={"cells-bound:Temp": "gap"}).columns["Temp"][-2:]).all()
    assert column(tmp_path, cells, answers={"cells-bound:Temp": "words"}).kinds["Temp"] == Kind.CATEGORY
    said = only(column(tmp_path, [*PLAIN, "torn off"], answers={"cells:Temp": "gap"}).faults, "mixed-types")
    assert (said.blocking, said.taken) == (False, "gap")


def test_an_answer_that_no_one_offered_changes_nothing(tmp_path):
    frame = column(tmp_path, [*PLAIN, "torn off"], answers={"cells:Temp": "guess again"})
    assert only(frame.faults, "mixed-types").blocking


def test_another_unit_than_the_rest_is_asked_about_and_left_empty(tmp_path):
    frame = column(tmp_path, [*(f"{cell} °C" for cell in PLAIN), "176 °F"])
    assert frame.columns["Temp"][0] == 80.0
    assert np.isnan(frame.columns["Temp"][-1])
    assert [one.blocking for one in frame.faults if one.code == "cells-unit"] == [False, True]


def test_a_percent_sign_among_shares_of_one_means_hundredths(tmp_path):
    frame = column(tmp_path, [*(f"0.{at}5" for at in range(10)), "92%"])
    assert frame.columns["Temp"][-1] == pytest.approx(0.92)
    kept = column(tmp_path, [*(f"0.{at}5" for at in range(10)), "92%"], answers={"cells-unit:Temp": "value"})
    assert kept.columns["Temp"][-1] == 92.0


def test_codes_that_end_in_a_letter_are_no_numbers_with_a_unit(tmp_path):
    assert column(tmp_path, ["5A", "7B", "5A", "9K", "5A"] * 3).kinds["Temp"] == Kind.CATEGORY


@pytest.mark.parametrize("stands_for_nothing", [-999, -200, 9999, -9999.0, 65535])
def test_a_number_that_stands_for_nothing_is_asked_about(tmp_path, stands_for_nothing):
    cells = [*PLAIN, str(stands_for_nothing), str(stands_for_nothing)]
    frame = column(tmp_path, cells)
    said = only(frame.faults, "sentinel")
    assert (said.blocking, said.values["count"]) == (True, "2")
    assert np.isnan(frame.columns["Temp"][-2:]).all()
    kept = column(tmp_path, cells, answers={said.key: "value"})
    assert kept.columns["Temp"][-1] == stands_for_nothing
    assert not only(kept.faults, "sentinel").blocking


@pytest.mark.parametrize("rest", [["20"], ["1", "2", "3"], ["-200", "-199.5"], ["0", "1"], ["-200"]])
def test_a_stand_in_among_a_few_values_or_one_is_asked_about_too(tmp_path, rest):
    frame = column(tmp_path, [*rest * 10, "-999.0"])
    assert only(frame.faults, "sentinel").blocking
    assert np.isnan(frame.columns["Temp"][-1])


@pytest.mark.parametrize("cells", [["998", "999"], ["0", "1", "-1"], ["0", "99"], ["1000", "999", "998"]])
def test_a_few_values_that_lie_together_are_values(tmp_path, cells):
    assert column(tmp_path, cells * 10).faults == []


def test_two_stand_ins_in_one_column_are_both_asked_about(tmp_path):
    frame = column(tmp_path, [*PLAIN, "-999", "-200", "-200"])
    assert {one.key for one in frame.faults} == {"sentinel--999:Temp", "sentinel--200:Temp"}


def test_an_ordinary_value_that_looks_like_a_stand_in_is_a_value(tmp_path):
    frame = column(tmp_path, [str(-250 + 10 * at) for at in range(40)])
    assert frame.faults == []


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["1.234,5", "2.345,6", "12,5"], 1234.5),
        (["1,234.5", "2,345.6", "12.5"], 1234.5),
        (["1 234,5", "2 345,6", "12,5"], 1234.5),
        (["1'234.5", "2'345.6", "12.5"], 1234.5),
        (["1’234,5", "2’345,6", "12,5"], 1234.5),
        (["1.234.567", "1.234.568", "12"], 1234567.0),
    ],
)
def test_thousands_and_decimals_are_read_as_they_can_only_be_meant(tmp_path, cells, value):
    frame = column(tmp_path, cells * 3, delimiter="\t")
    assert frame.columns["Temp"][0] == value
    assert frame.faults == []


def test_two_columns_may_write_their_numbers_in_two_ways(tmp_path):
    frame = read(put(tmp_path, "PLC;Waage\n" + "12.5;1.234,5\n13.5;999,25\n14.25;2.345,0\n"))
    assert frame.columns["PLC"].tolist() == [12.5, 13.5, 14.25]
    assert frame.columns["Waage"].tolist() == [1234.5, 999.25, 2345.0]


def test_a_number_that_may_be_two_is_asked_with_both_readings(tmp_path):
    cells = ["1.234", "2.345", "3.456"]
    said = only(column(tmp_path, cells).faults, "decimal-guess")
    assert said.blocking
    assert "1.234 with a decimal point, 1234 with a decimal comma" in said.sentence
    frame = column(tmp_path, cells, answers={"decimal:Temp": "comma"})
    assert frame.columns["Temp"].tolist() == [1234.0, 2345.0, 3456.0]
    assert not only(frame.faults, "decimal-guess").blocking


def test_where_commas_part_the_columns_a_point_is_a_point(tmp_path):
    frame = column(tmp_path, ["1.234", "2.345", "3.456"], delimiter=",")
    assert frame.columns["Temp"][0] == 1.234
    assert frame.faults == []


# ---- below zero ----


@pytest.mark.parametrize("minus", "−‒–﹣－")
def test_a_column_with_another_minus_than_a_hyphen_is_read_whole_and_told(tmp_path, minus):
    numbers = np.random.default_rng(1).uniform(-90, 90, 9000).round(3)  # more than are looked at one by one
    frame = column(tmp_path, [f"{one}".replace("-", minus) for one in numbers])
    assert np.array_equal(frame.columns["Temp"], numbers)
    assert only(frame.faults, "cells-minus").values["count"] == str(np.count_nonzero(np.signbit(numbers)))


def test_numbers_in_brackets_are_what_a_person_says(tmp_path):
    cells = [*PLAIN, *(f"({n}.5)" for n in range(8))]
    below = np.array([-n - 0.5 for n in range(8)])
    for answer, values in (("value", below), ("above", -below), ("gap", np.full(8, np.nan))):
        frame = column(tmp_path, cells, answers={"cells-below:Temp": answer})
        assert np.array_equal(frame.columns["Temp"][12:], values, equal_nan=True)
        assert not only(frame.faults, "cells-below").blocking
    frame = column(tmp_path, cells, answers={"cells-below:Temp": "words"})
    assert frame.kinds["Temp"] in (Kind.CATEGORY, Kind.TEXT)


def test_a_comma_before_the_decimals_is_told_by_numbers_below_zero_too(tmp_path):
    frame = column(tmp_path, ["−1,5", "(2,25)", "−3,125", "−4,75"])
    assert np.array_equal(frame.columns["Temp"], [-1.5, -2.25, -3.125, -4.75])


@pytest.mark.parametrize("share", [1, 6])
def test_numbers_with_two_decimal_signs_in_one_column_are_numbers_and_asked_about(tmp_path, share):
    cells = [*PLAIN[:-share], *(one.replace(".", ",") for one in PLAIN[-share:])]
    frame = column(tmp_path, cells)
    assert frame.columns["Temp"].tolist() == [float(one) for one in PLAIN]
    asked = only(frame.faults, "cells-decimal")
    assert (asked.blocking, asked.taken) == (True, "value")
    emptied = column(tmp_path, cells, answers={asked.key: "gap"})
    assert np.isnan(emptied.columns["Temp"]).sum() == share
    assert column(tmp_path, cells, answers={asked.key: "words"}).kinds["Temp"] == Kind.CATEGORY


@pytest.mark.parametrize("cell", ["{},5 %", "{},5 °C", "<{},5", "1.{:03d},5 mm"])
def test_a_decimal_comma_is_seen_before_a_unit_and_behind_a_bound(tmp_path, cell):
    frame = column(tmp_path, [cell.format(n) for n in range(100, 112)])
    plain = 1000.0 if cell.startswith("1.") else 0.0
    assert frame.columns["Temp"].tolist() == [plain + n + 0.5 for n in range(100, 112)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_three_digits_behind_a_point_are_asked_about_where_nothing_says_what_they_are(tmp_path, delimiter):
    asked = only(
        column(tmp_path, [f"1.{n}" for n in range(201, 240)], delimiter=delimiter).faults, "decimal-guess"
    )
    assert asked.blocking
