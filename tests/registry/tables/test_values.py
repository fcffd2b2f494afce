"""Rows and values that do not fit, each with its row; moments in every order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.formats import texts
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Kind, Role
from mlops_portal.foundation.registry.compute.tables.read import read
from mlops_portal.foundation.registry.compute.tables.values import times
from tests.registry.tables.ground import GOOD, changed, only, put, told

MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)).map(lambda at: at.replace(microsecond=0))
WAYS = {
    "iso": (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S.000",
    ),
    "dmy": ("%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%d/%m/%Y %I:%M:%S %p"),
    "mdy": ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"),
}


@pytest.mark.parametrize(("order", "way"), [(order, way) for order, ways in WAYS.items() for way in ways])
@settings(max_examples=15, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=30))
def test_moments_come_back_from_every_way_of_writing_them(order, way, moments):
    found = times.parse(pa.array([at.strftime(way) for at in moments]), order)
    assert found.odd is None
    assert found.seconds.tolist() == [at.replace(tzinfo=UTC).timestamp() for at in moments]


@settings(max_examples=25, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=20), minutes=st.integers(-14 * 60, 14 * 60))
def test_an_offset_in_the_text_is_taken_off(moments, minutes):
    away = timezone(timedelta(minutes=minutes))
    aware = [at.replace(tzinfo=UTC).astimezone(away) for at in moments]
    found = times.parse(pa.array([at.isoformat() for at in aware]), "iso@Europe/Berlin")
    assert found.seconds.tolist() == [at.timestamp() for at in aware]


def test_a_moment_without_a_zone_is_in_the_plant_s():
    found = times.parse(
        pa.array(["2026-07-01 12:00", "2026-01-01 12:00", "2026-03-29 02:30", None]), "iso@Europe/Berlin"
    )
    said = [datetime.fromtimestamp(one, UTC).strftime("%d %H:%M") for one in found.seconds[:3]]
    assert said == ["01 10:00", "01 11:00", "29 01:30"]  # the last hour does not exist
    assert np.isnan(found.seconds[3])


def test_days_that_do_not_exist_are_odd():
    found = times.parse(
        pa.array(["2026-02-29", "2024-02-29", "2026-13-01", "2026-01-01 24:00", "soon"]), "iso"
    )
    assert found.odd is not None
    assert found.odd.tolist() == [True, False, True, True, True]


@pytest.mark.parametrize(
    ("dates", "order", "told_too"),
    [
        (["03/04/2026", "13/04/2026"], "dmy", False),
        (["03/04/2026", "04/13/2026"], "mdy", False),
        (["03/04/2026", "04/05/2026"], "dmy", True),
        (["11/12/2026", "12/01/2026"], "mdy", True),  # day first, time would run backwards
        (["03.04.2026", "04.05.2026"], "dmy", True),
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_column(tmp_path, dates, order, told_too):
    frame = read(put(tmp_path, "at,force\n" + "".join(f"{at},1.5\n" for at in dates)))
    assert (frame.kinds["at"], frame.times["at"]) == (Kind.TIME, order)
    assert [one.code for one in frame.faults] == ["ambiguous-date"] * told_too


@pytest.fixture
def small_blocks(monkeypatch):
    """Batches of some thousand rows, so that “late” comes early."""
    monkeypatch.setattr(texts, "BLOCK", 1 << 15)


@pytest.mark.usefixtures("small_blocks")
def test_a_late_value_may_still_say_that_the_month_comes_first(tmp_path):
    rows = ["03/04/2026"] * 9_000 + ["04/13/2026"]
    frame = read(put(tmp_path, "at,force\n" + "".join(f"{at},1.5\n" for at in rows)))
    assert frame.times["at"] == "mdy"
    assert frame.faults == []
    assert datetime.fromtimestamp(frame.columns["at"][0], UTC).day == 4


@pytest.mark.parametrize(
    ("per", "form"), [(1, "epoch_s"), (1000, "epoch_ms"), (10**6, "epoch_us"), (10**9, "epoch_ns")]
)
def test_counted_seconds_are_moments_where_the_name_says_so(tmp_path, per, form):
    start = 1_700_000_000
    rows = "".join(f"{(start + n) * per},{n % 5}.5,{'ok' if n % 3 else 'crack'}\n" for n in range(40))
    path = put(tmp_path, "timestamp,force,fault\n" + rows)
    schema = guess(read(path))
    assert schema.time is not None
    assert (schema.time.kind, schema.time.time_format) == (Kind.TIME, form)
    assert read(path, schema=schema).columns["timestamp"][0] == start


@pytest.mark.parametrize(
    ("line", "code", "row", "column"),
    [
        ("P20,101.5,1400", "ragged-row", 22, ""),
        ("P20,101.5,1400,ok,ok", "ragged-row", 22, ""),
        ("P20,about ten,1400,ok", "mixed-types", 22, "force [N]"),
        ("P20,inf,1400,ok", "infinite", 22, "force [N]"),
        ("P20,1e400,1400,ok", "infinite", 22, "force [N]"),
        ("P20,1e9,1400,ok", "far-value", 22, "force [N]"),
        ("P20,-1000000000,1400,ok", "far-value", 22, "force [N]"),
        ("P20,1e39,1400,ok", "beyond", 22, "force [N]"),
        ("P20,101.5,99999999999999999999,ok", "too-large", 22, "speed_rpm"),
        ("P3,101.5,1400,ok", "duplicate-part", 22, "part"),
        (",101.5,1400,ok", "part-gaps", 22, "part"),
        ("P20,101.5,1400,", "target-gaps", 22, "fault"),
        ("P20,101.5,1400,bent", "rare-class", 22, "fault"),
    ],
)
def test_a_single_bad_value_is_told_with_column_and_row(tmp_path, line, code, row, column):
    _frame, _schema, found = told(put(tmp_path, changed(22, line)))
    said = only(found, code)
    assert (said.row, said.column) == (row, column)
    assert str(row) in said.sentence
    assert column in said.sentence
    clean = told(put(tmp_path, GOOD))[2]
    assert clean == []


def test_ragged_rows_say_what_was_found_and_expected_and_move_no_other(tmp_path):
    path = put(tmp_path, changed(22, "P20,1").replace("P30,", "P30,x,"))
    frame = read(path)
    said = only(frame.faults, "ragged-row")
    assert (said.row, said.values["found"], said.values["expected"], said.values["count"]) == (
        22,
        "2",
        "4",
        "2",
    )
    assert frame.rows == 58
    assert frame.text("part")[20:31].tolist() == ["P21", *[f"P{n}" for n in range(22, 30)], "P31", "P32"]
    assert [frame.row_of(index) for index in (19, 20, 28, 29)] == [21, 23, 31, 33]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('P20,101.5,1400,"ok', "open-quote"),
        ('P20,"101.5,1400,ok', "ragged-row"),
        ('"P20,101.5,1400,ok', "ragged-row"),
    ],
)
def test_a_quote_that_is_never_closed_is_told_where_it_opens(tmp_path, line, code):
    said = only(read(put(tmp_path, changed(22, line))).faults, code)
    assert (said.row, said.blocking) == (22, True)
    assert "quote" in said.sentence


def test_words_for_gaps_are_gaps(tmp_path):
    words = ["", "NaN", "n/a", "NULL", "?", "-", "No Data", "#DIV/0!", "bad input", "  "]
    rows = "".join(f"{1 + n / 4},{word}\n" for n, word in enumerate(words)) + "1.5,2.5\n" * 30
    frame = read(put(tmp_path, "force,speed\n" + rows))
    assert int(np.isnan(frame.columns["speed"]).sum()) == len(words)
    said = only(frame.faults, "cells-error")
    assert (said.row, said.values["value"], said.values["count"], said.blocking) == (8, "No Data", "3", False)


def test_codes_with_leading_zeros_and_long_numbers_stay_text(tmp_path):
    rows = "".join(f"00{n},{10**17 + n},{n}.5\n" for n in range(10, 50))
    frame = read(put(tmp_path, "station,serial,force\n" + rows))
    assert frame.kinds["station"] == Kind.TEXT
    assert frame.columns["station"][0] == "0010"
    assert frame.columns["serial"][1] == str(10**17 + 11)


@pytest.mark.usefixtures("small_blocks")
def test_a_column_that_turns_to_text_late_is_read_again(tmp_path):
    rows = ["1.5"] * 9_000 + ["worn"] * 10_000
    frame = read(put(tmp_path, "note,force\n" + "".join(f"{word},2.5\n" for word in rows)))
    assert frame.kinds["note"] == Kind.CATEGORY
    assert (frame.columns["note"][0], frame.columns["note"][-1]) == ("1.5", "worn")


@pytest.mark.usefixtures("small_blocks")
def test_an_odd_value_far_down_is_told_and_nothing_else_is_lost(tmp_path):
    rows = "1.5,2.5\n" * 20_000 + "1.5,about three\n"
    frame = read(put(tmp_path, "force,speed\n" + rows))
    said = only(frame.faults, "mixed-types")
    assert (said.column, said.row, said.values["value"]) == ("speed", 20_002, "about three")
    assert frame.rows == 20_001


def test_yes_and_no_are_truths_with_their_words(tmp_path):
    frame = read(put(tmp_path, "hot,fault\n" + "Yes,NOK\nno,OK\nyes,OK\n,OK\n"))
    assert (frame.kinds["hot"], frame.kinds["fault"]) == (Kind.BOOLEAN, Kind.CATEGORY)
    assert frame.columns["hot"][:3].tolist() == [1.0, 0.0, 1.0]
    assert [word and word.lower() for word in frame.text("hot")] == ["yes", "no", "yes", None]


def test_a_schema_decides_how_its_columns_are_read(tmp_path):
    path = put(tmp_path, GOOD)
    schema = guess(read(path)).changed("speed_rpm", kind=Kind.TEXT, role=Role.LOT)
    frame = read(path, schema=schema)
    assert frame.columns["speed_rpm"][0] == "1400"
    assert frame.kinds["speed_rpm"] == Kind.TEXT
    lost = put(tmp_path, GOOD.replace("force [N]", "force"), "other.csv")
    found = problems(read(lost, schema=schema), schema)
    said = only(found, "unknown-column")
    assert "force [N]" in said.sentence
    assert "did you mean force?" in said.sentence


@pytest.mark.usefixtures("small_blocks")
def test_reading_tells_how_far_it_got(tmp_path):
    path = put(tmp_path, "force,speed\n" + "1.5,2.5\n" * 20_000)
    seen: list[tuple[int, int]] = []
    read(path, progress=lambda at, size: seen.append((at, size)))
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1] == (path.stat().st_size,) * 2


def test_a_column_of_true_and_1_and_false_and_0_is_two_values_and_not_four(tmp_path):
    cells = ("1", "0", "True", "false", "")
    frame = read(put(tmp_path, "n,open\n" + "".join(f"{n},{cells[n % 5]}\n" for n in range(40))))
    assert frame.kinds["open"] == Kind.BOOLEAN
    assert frame.columns["open"][:4].tolist() == [1.0, 0.0, 1.0, 0.0]
    assert frame.faults == []
