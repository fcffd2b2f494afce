"""What a writer writes in any of the dialects is read back equal."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.registry.compute.tables.model import Kind
from mlops_portal.foundation.registry.compute.tables.read import preview, read, sniff
from mlops_portal.foundation.registry.compute.tables.values.sentinels import USUAL as STAND_INS
from mlops_portal.foundation.registry.compute.tables.values.spelling import GAPS, NO_READING
from mlops_portal.foundation.wire.categories import as_text
from tests.registry.tables.ground import put

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DELIMITERS = [",", ";", "\t", "|"]
READINGS = st.floats(-1e6, 1e6).map(lambda x: round(x, 4)).filter(lambda x: x not in STAND_INS)
NUMBERS = st.lists(st.one_of(st.none(), READINGS), min_size=3, max_size=40)
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"])
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from(' ,;|"\n')), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and text not in GAPS and text.lower() not in NO_READING
)


def written(rows, delimiter: str, end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def as_number(value: float | None, decimal: str, thousands: str) -> str:
    if value is None:
        return "NaN"
    text = f"{value:,.4f}" if thousands else f"{value:.4f}"
    return text.translate(str.maketrans({",": thousands, ".": decimal}))


def same(found, expected) -> bool:
    wanted = np.array([np.nan if one is None else one for one in expected])
    return np.array_equal(found, wanted, equal_nan=True)


@pytest.mark.parametrize(("decimal", "thousands"), [(".", ""), (",", ""), (",", "."), (".", ","), (".", " ")])
@QUICK
@given(delimiter=st.sampled_from(DELIMITERS), numbers=NUMBERS, more=st.integers(0, 3))
def test_numbers_come_back_from_every_way_of_writing_them(
    tmp_path, decimal, thousands, delimiter, numbers, more
):
    assume(any(one is not None for one in numbers))
    columns = [numbers, [1234567.125, *numbers[1:]], *[numbers] * more]
    names = [f"reading {place}" for place in range(len(columns))]
    rows = [[as_number(one, decimal, thousands) for one in row] for row in zip(*columns, strict=True)]
    path = put(tmp_path, written([names, *rows], delimiter))
    form, frame = sniff(path), read(path)
    assert (form.delimiter, form.names) == (delimiter, tuple(names))
    for name, column in zip(names, columns, strict=True):
        assert all(one is None for one in column) or same(frame.columns[name], column)


@QUICK
@given(
    delimiter=st.sampled_from(DELIMITERS),
    texts=st.lists(TEXTS, min_size=1, max_size=20),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_texts_come_back_with_quotes_separators_and_line_ends_in_them(tmp_path, delimiter, texts, end):
    rows = [["station", "note", "force"], *[["A1", text, "1.5"] for text in texts]]
    path = put(tmp_path, written(rows, delimiter, end))
    assume(sniff(path).delimiter == delimiter)  # texts may look more like a table than the table
    frame = read(path)
    assert frame.text("station").tolist() == ["A1"] * len(texts)
    if frame.kinds["note"] in (Kind.TEXT, Kind.CATEGORY):
        assert frame.columns["note"].tolist() == [as_text(text) or None for text in texts]
    assert frame.numbers.tolist() == list(range(2, len(texts) + 2))


@QUICK
@given(numbers=st.lists(NUMBERS, min_size=2, max_size=2), gap=st.sampled_from([" ", "  ", "\t", " \t "]))
def test_runs_of_blanks_part_numbers_and_nan_is_a_gap(tmp_path, numbers, gap):
    rows = list(zip(*numbers, strict=False))
    lines = [gap.join(as_number(one, ".", "") for one in row) for row in rows]
    path = put(tmp_path, "\n".join(["force speed", *(f"  {line} " for line in lines)]))
    frame = read(path)
    for place, name in enumerate(("force", "speed")):
        column = [row[place] for row in rows]
        assert all(one is None for one in column) or same(frame.columns[name], column)


def test_a_space_separated_table_without_names_is_read_and_told(tmp_path):
    frame = read(put(tmp_path, "3030.93 2564.00 NaN 1.36\n3095.78 NaN 2230.42 0.82\n"))
    assert list(frame.columns) == ["column_1", "column_2", "column_3", "column_4"]
    assert same(frame.columns["column_3"], [None, 2230.42])
    assert frame.numbers.tolist() == [1, 2]
    assert [one.code for one in frame.faults] == ["no-header"]


def test_what_stands_before_the_table_is_skipped_and_counted(tmp_path):
    path = put(tmp_path, "sep=;\n# Press 4, shift 2\n\nforce;speed\n1,5;1400\n\n2,5;1401\n")
    frame = read(path)
    assert frame.columns["force"].tolist() == [1.5, 2.5]
    assert frame.numbers.tolist() == [5, 7]


def test_a_separator_at_the_end_of_every_row_makes_no_column_of_its_own(tmp_path):
    frame = read(put(tmp_path, "a;b\n1;2;\n3;4;\n"))
    assert frame.columns["b"].tolist() == [2.0, 4.0]
    assert not frame.faults


def test_names_that_rise_like_an_axis_are_names(tmp_path):
    names = [str(400 + 2 * n) for n in range(12)]
    rows = [[f"{n}.5" for n in range(12)], [f"{n}.25" for n in range(12)]]
    assert sniff(put(tmp_path, written([names, *rows], ","))).names == tuple(names)


def test_a_number_that_may_be_two_things_is_told(tmp_path):
    frame = read(put(tmp_path, "force;speed\n1,234;1\n2,345;2\n"))
    assert frame.columns["force"].tolist() == [1.234, 2.345]
    assert [(one.code, one.blocking, one.taken) for one in frame.faults] == [("decimal-guess", True, "comma")]
    frame = read(put(tmp_path, 'force|speed\n"1,234"|1\n"2,345"|2\n'))
    assert frame.columns["force"].tolist() == [1234.0, 2345.0]


def test_the_preview_shows_the_first_rows_as_they_stand(tmp_path):
    path = put(tmp_path, "force;speed\n1,5;01400\n\n2,5;\n" + "3,5;7\n" * 100)
    found = preview(path, rows=3)
    assert found.rows == [["1,5", "01400"], ["2,5", ""], ["3,5", "7"]]
    assert found.numbers == [2, 4, 5]
    assert found.names == ("force", "speed")
