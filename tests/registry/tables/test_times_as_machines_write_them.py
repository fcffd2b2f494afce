"""Times as machines and exports write them: counted, without signs between, in other orders, joined."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Kind, Role
from mlops_portal.foundation.registry.compute.tables.read import read
from tests.registry.tables.ground import only, put

SITE = Answers(site_zone="UTC")
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
MOMENTS = [START + timedelta(minutes=n) for n in range(12)]


def table(folder, cells, *, name="time", answers=SITE):
    rows = [f"{name};force", *(f"{cell};{n % 5}.5" for n, cell in enumerate(cells))]
    return read(put(folder, "\n".join(rows) + "\n"), answers=answers)


def utc(frame, name="time"):
    return [datetime.fromtimestamp(one, UTC) for one in frame.columns[name]]


def days(form):
    return [(START + timedelta(days=n)).strftime(form) for n in range(60)]


@pytest.mark.parametrize("form", ["%y%m%d", "%d%m%y", "%m%d%y"])
def test_six_digits_under_a_date_s_heading_are_a_date_in_the_order_that_the_rows_say(tmp_path, form):
    frame = table(tmp_path, days(form), name="Datum")
    assert [one.date() for one in utc(frame, "Datum")] == [(START + timedelta(n)).date() for n in range(60)]
    assert only(frame.faults, "date-number").taken == "time"
    numbers = table(tmp_path, days(form), name="Datum", answers=Answers({"date-number:Datum": "number"}))
    assert numbers.kinds["Datum"] == Kind.NUMBER or numbers.kinds["Datum"] == Kind.TEXT


def test_six_digits_that_may_be_two_dates_are_asked_about(tmp_path):
    frame = table(tmp_path, ["260105", "260105", "260106", "260105"], name="date")
    asked = only(frame.faults, "ambiguous-date")
    assert asked.blocking
    assert (asked.taken, {one.value for one in asked.options}) == ("yy", {"yy", "dmy"})
    said = table(
        tmp_path,
        ["260105", "260105", "260106", "260105"],
        name="date",
        answers=Answers({"date-order:date": "dmy"}),
    )
    assert utc(said, "date")[0].year == 2005


@pytest.mark.parametrize("heading", ["part", "speed", "id"])
def test_six_digits_under_another_heading_are_no_date(tmp_path, heading):
    assert table(tmp_path, days("%y%m%d"), name=heading).kinds[heading] == Kind.NUMBER


@pytest.mark.parametrize(
    "form",
    [
        "%y%m%d%H%M%S",
        "%y%m%d %H:%M",
        "%Y-%m-%d %H:%M:%S CET",
        "%a %b %d %H:%M:%S %Y",
        "%a %b %d %Y %H:%M:%S GMT+0100 (Central European Standard Time)",
        "%b %d, %Y %I:%M %p",
        "%H:%M:%S %d.%m.%Y",
        "Mo, %d.%m.%Y %H:%M Uhr",
        "%Y-%m-%d-%H.%M.%S.000000",
        "%Y-%m-%d %H:%M:%S:000",
        "%d.%m.%Y %H.%M",
        "%Y-%m-%dT%H:%M:%S+01:00[Europe/Berlin]",
    ],
)
def test_a_moment_is_read_however_it_is_written(tmp_path, form):
    answers = Answers({"date-order:time": "yy" if form.startswith("%y") else "dmy"}, "UTC")
    ahead = timedelta(hours=1 if "CET" in form or "01" in form else 0)
    frame = table(tmp_path, [one.strftime(form) for one in MOMENTS], answers=answers)
    assert utc(frame) == [one - ahead for one in MOMENTS]


@pytest.mark.parametrize(
    ("per", "zero", "form"),
    [
        (1, 0, "epoch_s"),
        (1e7, 62_135_596_800, "ticks"),
        (1e7, 11_644_473_600, "filetime"),
        (1e9, 0, "epoch_ns"),
    ],
)
def test_what_a_number_counts_is_known_by_its_size(tmp_path, per, zero, form):
    cells = [
        f"{(one.timestamp() + zero) * per + (0.25 if per == 1 else 0):.{2 if per == 1 else 0}f}"
        for one in MOMENTS
    ]
    path = put(tmp_path, "time;force\n" + "".join(f"{one};{n}.5\n" for n, one in enumerate(cells)))
    schema = guess(read(path, answers=SITE))
    column = schema.named("time")
    assert (column.role, column.kind, column.time_format.partition("@")[0]) == (Role.TIME, Kind.TIME, form)
    again = read(path, schema=schema, answers=SITE)
    assert abs(again.columns["time"][3] - MOMENTS[3].timestamp()) < 0.3
    assert not [one for one in again.faults if one.code == "too-large"]


def test_broken_days_under_a_heading_that_says_time_are_asked_about(tmp_path):
    cells = [f"{46_053 + n / 100:.2f}" for n in range(12)]
    asked = only(table(tmp_path, cells).faults, "date-number")
    assert asked.blocking
    assert "2026-01-31" in asked.sentence
    said = table(tmp_path, cells, answers=Answers({"date-number:time": "number"}))
    assert said.kinds["time"] == Kind.NUMBER


def test_a_column_called_like_a_time_that_is_not_read_as_one_is_said(tmp_path):
    said = only(list(guess(table(tmp_path, [f"/Date({n})/" for n in range(20)])).notes), "no-time")
    assert "“/Date(0)/”" in said.sentence


@pytest.mark.parametrize("date", ["20260105", "260105", "2026-01-05", "46027", "05.01.2026"])
@pytest.mark.parametrize("clock", ["%H:%M:%S", "%H%M%S", "part"])
def test_a_date_and_a_time_of_day_are_joined_however_they_are_written(tmp_path, date, clock):
    def written(one):
        return (
            f"{(one - START.replace(hour=0)) / timedelta(days=1):.8f}"
            if clock == "part"
            else one.strftime(clock)
        )

    rows = "".join(f"{date};{written(one)};{n}.5\n" for n, one in enumerate(MOMENTS))
    answers = Answers({"date-order:Date": "yy"} if date == "260105" else {}, "UTC")
    frame = read(put(tmp_path, "Date;Time;force\n" + rows), answers=answers)
    assert utc(frame, "Date") == MOMENTS
    assert only(frame.faults, "date-time").taken == "joined"


def test_a_date_and_a_time_of_day_are_joined_in_parquet_too(tmp_path):
    path = tmp_path / "table.parquet"
    columns = {
        "Date": ["2026-01-05"] * 12,
        "Time": [one.time() for one in MOMENTS],
        "force": [float(n) for n in range(12)],
    }
    pq.write_table(pa.table(columns), path)
    assert utc(read(path, answers=SITE), "Date") == MOMENTS


def test_numbers_called_time_beside_a_date_are_no_time_of_day_where_they_cannot_be(tmp_path):
    rows = "".join(f"2026-01-05;{61 + 13 * n};{n}.5\n" for n in range(12))
    frame = read(put(tmp_path, "Date;cycle time;force\n" + rows), answers=SITE)
    assert frame.kinds["cycle time"] == Kind.NUMBER


def test_words_that_look_like_dates_can_be_said_to_be_words(tmp_path):
    cells = [f"1.2.{n}" for n in range(60)]
    asked = only(table(tmp_path, cells, name="version").faults, "mixed-types")
    assert [one.value for one in asked.options] == ["gap", "words"]
    said = table(tmp_path, cells, name="version", answers=Answers({asked.key: "words"}, "UTC"))
    assert said.kinds["version"] == Kind.TEXT


@pytest.mark.parametrize(
    "cells", [[f"{n % 9 + 1:02d}.03. 10:00" for n in range(40)], ["10:00", "10:01"] * 20]
)
def test_times_that_are_not_read_become_no_category(tmp_path, cells):
    schema = guess(table(tmp_path, cells))
    assert schema.named("time").role == Role.IGNORE
    assert only(list(schema.notes), "no-time").column == "time"


def test_words_under_a_heading_that_says_time_stay_words(tmp_path):
    schema = guess(table(tmp_path, ["morning", "evening"] * 20))
    assert (schema.named("time").role, list(schema.notes)) == (Role.READING, [])
