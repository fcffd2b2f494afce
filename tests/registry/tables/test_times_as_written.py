"""Times as plants write them: by the site's clock, in two columns, as numbers, over the clock's changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from mlops_portal.foundation.registry.compute.tables.answers import Answers
from mlops_portal.foundation.registry.compute.tables.checks.problems import problems
from mlops_portal.foundation.registry.compute.tables.guessing.guess import guess
from mlops_portal.foundation.registry.compute.tables.model import Kind, Role
from mlops_portal.foundation.registry.compute.tables.read import read
from tests.registry.tables.ground import only, put

BERLIN = Answers(site_zone="Europe/Berlin")


def table(folder, times, *, name="Zeit", answers=BERLIN, more=""):
    rows = [
        f"{name};Kraft;Fehler",
        *(f"{at};{100 + n % 7},5;{'ok' if n % 3 else 'riss'}" for n, at in enumerate(times)),
    ]
    return read(put(folder, "\n".join(rows) + more + "\n"), answers=answers)


def utc(frame, name="Zeit"):
    return [datetime.fromtimestamp(one, UTC).strftime("%d %H:%M") for one in frame.columns[name]]


def test_times_without_a_zone_are_the_site_s_and_it_is_said(tmp_path):
    frame = table(tmp_path, ["25.11.2026 14:30", "25.11.2026 14:31", "25.11.2026 14:32"])
    assert utc(frame) == ["25 13:30", "25 13:31", "25 13:32"]
    assert frame.times["Zeit"] == "dmy@Europe/Berlin"
    said = only(frame.faults, "zone")
    assert "Europe/Berlin" in said.sentence
    assert (said.taken, [one.value for one in said.options]) == ("Europe/Berlin", ["Europe/Berlin", "UTC"])
    other = table(tmp_path, ["25.11.2026 14:30"], answers=Answers({"zone": "UTC"}, "Europe/Berlin"))
    assert utc(other) == ["25 14:30"]


def test_times_with_an_offset_need_no_zone(tmp_path):
    frame = table(tmp_path, ["2026-11-25T14:30:00+01:00", "2026-11-25T14:31:00Z"])
    assert utc(frame) == ["25 13:30", "25 14:31"]
    assert frame.faults == []


def local(start, minutes, step):
    at = datetime.fromisoformat(start)
    return [(at + timedelta(minutes=m)).strftime("%Y-%m-%d %H:%M") for m in range(0, minutes, step)]


def october(step):
    return [*local("2026-10-25 01:00", 120, step), *local("2026-10-25 02:00", 120, step)]


@pytest.mark.parametrize("step", [1, 10, 60])
def test_both_passes_of_the_october_hour_are_told_apart_by_the_order_of_the_rows(tmp_path, step):
    frame = table(tmp_path, october(step))
    steps = np.diff(frame.columns["Zeit"])
    assert set(steps) == {60.0 * step}  # no row doubled, no hour lost
    assert "second pass" in only(frame.faults, "clock-back").sentence
    assert not [one for one in problems(frame, guess(frame)) if one.code == "time-backwards"]


def test_the_october_hour_is_told_apart_in_a_table_with_the_newest_first(tmp_path):
    frame = table(tmp_path, october(10)[::-1])
    assert set(np.diff(frame.columns["Zeit"])) == {-600.0}


def test_machines_one_below_the_other_each_have_both_passes(tmp_path):
    frame = table(tmp_path, october(10) * 2)
    half = len(october(10))
    for part in (frame.columns["Zeit"][:half], frame.columns["Zeit"][half:]):
        assert set(np.diff(part)) == {600.0}


def test_a_pass_that_stands_alone_is_the_one_its_neighbours_are_nearer_to(tmp_path):
    early = [*local("2026-10-25 01:00", 120, 10), "2026-10-25 04:00"]
    assert utc(table(tmp_path, early))[6] == "25 00:00"
    late = ["2026-10-25 00:10", *local("2026-10-25 02:00", 120, 10)]
    frame = table(tmp_path, late)
    assert utc(frame)[1] == "25 01:00"
    assert "second pass" in only(frame.faults, "clock-back").sentence


def test_the_hour_that_does_not_exist_is_named_and_no_row_is_doubled(tmp_path):
    whole = local("2026-03-29 01:00", 240, 10)  # 02:00 to 02:50 do not exist
    frame = table(tmp_path, whole)
    assert set(np.diff(frame.columns["Zeit"])) == {600.0}
    assert utc(frame)[0] == "29 00:00"
    said = only(frame.faults, "clock-forward")
    assert ("02:00" in said.sentence, said.taken, said.values["count"]) == (True, "standard", "6")
    late = [*local("2026-03-29 01:00", 120, 10), *local("2026-03-29 04:00", 60, 10)]
    frame = table(tmp_path, late)
    assert only(frame.faults, "clock-forward").taken == "changed"
    assert set(np.diff(frame.columns["Zeit"])) == {600.0}


def test_a_date_and_a_time_in_two_columns_are_one_moment(tmp_path):
    rows = "".join(
        f"{1 + n // 24:02d}.11.2026;{n % 24:02d}:30:00;{n % 7},5;{'ok' if n % 3 else 'riss'}\n"
        for n in range(60)
    )
    path = put(tmp_path, "Datum;Uhrzeit;Kraft;Fehler\n" + rows)
    frame = read(path, answers=BERLIN)
    assert (frame.kinds["Datum"], set(np.diff(frame.columns["Datum"]))) == (Kind.TIME, {3600.0})
    schema = guess(frame)
    assert (schema.time.name, schema.time.clock, schema.named("Uhrzeit").role) == (
        "Datum",
        "Uhrzeit",
        Role.IGNORE,
    )
    again = read(path, schema=type(schema).from_json(schema.to_json()), answers=BERLIN)
    assert np.array_equal(again.columns["Datum"], frame.columns["Datum"])
    only(frame.faults, "date-time")
    apart = read(path, answers=Answers({"date-time:Datum": "apart"}))
    assert len(set(apart.columns["Datum"])) == 3


@pytest.mark.parametrize(
    ("times", "first"),
    [
        (["20241231", "20250101", "20250102"], "31 00:00"),
        (["45000,5", "45000,75", "45001,0"], "15 12:00"),
        (["20241231143000", "20241231143100"], "31 14:30"),
        (["20241231 143000", "20241231 143100"], "31 14:30"),
    ],
)
def test_numbers_under_a_heading_that_says_date_are_times(tmp_path, times, first):
    frame = table(tmp_path, times * 1, name="Datum", answers=Answers())
    assert frame.kinds["Datum"] == Kind.TIME
    assert utc(frame, "Datum")[0] == first
    said = only(frame.faults, "date-number")
    assert said.taken == "time"
    if len(times) == 3:
        plain = table(tmp_path, times, name="Datum", answers=Answers({"date-number:Datum": "number"}))
        assert plain.kinds["Datum"] == Kind.NUMBER


def test_the_same_numbers_under_another_heading_stay_numbers(tmp_path):
    assert table(tmp_path, ["45000", "45012", "45100"], name="Drehzahl").kinds["Drehzahl"] == Kind.NUMBER


def test_day_and_month_are_asked_with_both_readings_and_the_guess_by_the_site(tmp_path):
    dates = ["03/04/2026 10:00", "03/04/2026 10:05"]
    german, american = (
        table(tmp_path, dates),
        table(tmp_path, dates, answers=Answers(site_zone="America/New_York")),
    )
    assert utc(german)[0].startswith("03")
    assert utc(american)[0].startswith("04")
    said = only(american.faults, "ambiguous-date")
    assert said.blocking
    assert "2026-04-03 with the day first, 2026-03-04 with the month first" in said.sentence
    assert "America/New_York" in said.sentence
    answered = table(tmp_path, dates, answers=Answers({"date-order:Zeit": "dmy"}, "America/New_York"))
    assert utc(answered)[0].startswith("03")
    assert not only(answered.faults, "ambiguous-date").blocking


def test_the_other_rows_and_columns_say_whether_the_day_stands_first(tmp_path):
    rows = ["28/02/2026", "01/03/2026", "02/03/2026"]
    assert (
        table(tmp_path, rows, answers=Answers(site_zone="America/New_York")).times["Zeit"].startswith("dmy")
    )
    frame = read(put(tmp_path, "Start;Ende\n03/04/2026;04/30/2026\n03/04/2026;05/31/2026\n"), answers=BERLIN)
    assert frame.times["Start"].startswith("mdy")
    assert not [one for one in frame.faults if one.blocking]


def test_rows_behind_midnight_that_carry_the_old_day_are_put_right_and_said(tmp_path):
    times = [
        *local("2026-11-25 23:00", 60, 10),
        "2026-11-25 00:00",
        "2026-11-25 00:10",
        *local("2026-11-26 00:20", 600, 10),
    ]
    frame = table(tmp_path, times)
    assert set(np.diff(frame.columns["Zeit"])) == {600.0}
    assert (only(frame.faults, "midnight").values["count"], only(frame.faults, "midnight").taken) == (
        "2",
        "next-day",
    )
    kept = table(tmp_path, times, answers=Answers({"midnight:Zeit": "as-is"}, "Europe/Berlin"))
    assert (np.diff(kept.columns["Zeit"]) < 0).any()


def test_a_table_that_goes_back_in_time_is_sorted_by_an_answer_and_never_without_a_way_on(tmp_path):
    times = local("2026-11-25 10:00", 300, 5)
    times[20], times[40] = times[40], times[20]
    rows = [
        "Zeit;Kraft;Fehler",
        *(f"{at};{100 + n % 7},5;{'ok' if n % 3 else 'riss'}" for n, at in enumerate(times)),
    ]
    path = put(tmp_path, "\n".join(rows) + "\n")
    schema = guess(read(path, answers=BERLIN))
    said = only(problems(read(path, schema=schema, answers=BERLIN), schema), "time-backwards")
    assert [one.value for one in said.options] == ["sort"]
    answers = Answers({said.key: "sort"}, "Europe/Berlin")
    frame = read(path, schema=schema, answers=answers)
    assert (np.diff(frame.columns["Zeit"]) > 0).all()
    assert frame.row_of(20) == 42  # as a person counts in the file
    assert not [one for one in problems(frame, schema, answers=answers) if one.blocking]


def test_a_table_with_the_newest_row_first_is_turned_round(tmp_path):
    rows = [
        "Zeit;Kraft;Fehler",
        *(
            f"{at};{100 + n % 7},5;{'ok' if n % 3 else 'riss'}"
            for n, at in enumerate(local("2026-11-25 10:00", 300, 5)[::-1])
        ),
    ]
    path = put(tmp_path, "\n".join(rows) + "\n")
    schema = guess(read(path, answers=BERLIN))
    frame = read(path, schema=schema, answers=BERLIN)
    assert (np.diff(frame.columns["Zeit"]) > 0).all()
    found = problems(frame, schema)
    assert not [one for one in found if one.blocking]
    assert "newest to the oldest" in only(found, "order").sentence


# ---- years of two digits ----


def day(seconds):
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


@pytest.mark.parametrize(
    ("written", "ways", "guess"),
    [
        ("26-01-05", {"dmy": "2005-01-26", "yy": "2026-01-05"}, "yy"),
        ("05-01-06", {"dmy": "2006-01-05", "mdy": "2006-05-01", "yy": "2005-01-06"}, "yy"),
        ("26/01/05", {"dmy": "2005-01-26", "yy": "2026-01-05"}, "dmy"),
        ("05/01/06", {"dmy": "2006-01-05", "mdy": "2006-05-01", "yy": "2005-01-06"}, "dmy"),
        ("26.01.05", {"dmy": "2005-01-26", "yy": "2026-01-05"}, "dmy"),
    ],
)
@pytest.mark.parametrize("clock", ["", " 06:00", " 06:00:30"])
def test_a_year_of_two_digits_that_may_stand_first_or_last_is_asked_about(
    tmp_path, written, ways, guess, clock
):
    frame = table(tmp_path, [written + clock] * 3, name="Tag")
    said = only(frame.faults, "ambiguous-date")
    assert said.blocking
    assert {one.value for one in said.options} == set(ways)
    assert said.taken == guess
    for way, when in ways.items():
        answers = Answers({"date-order:Tag": way, "zone": "UTC"})
        frame = table(tmp_path, [written + clock] * 3, name="Tag", answers=answers)
        assert day(frame.columns["Tag"][0]) == when
        assert not only(frame.faults, "ambiguous-date").blocking


def test_a_year_of_two_digits_is_told_by_rows_that_stand_in_order_in_one_way_alone(tmp_path):
    frame = table(tmp_path, ["26-01-30", "26-01-31", "26-02-01", "26-02-02"])
    assert frame.times["Zeit"].startswith("yy")
    assert not only(frame.faults, "ambiguous-date").blocking


def test_years_that_can_stand_last_alone_or_first_alone_need_no_question(tmp_path):
    for times, form in ((["25/12/26", "26/12/32"], "dmy"), (["86-12-25", "99-12-31"], "yy")):
        frame = table(tmp_path, times)
        assert frame.times["Zeit"].startswith(form)
        assert not [one for one in frame.faults if one.code == "ambiguous-date" and one.blocking]


def test_rows_in_no_order_do_not_tell_how_dates_are_written(tmp_path):
    draw = np.random.default_rng(2)
    times = [f"{d:02}/{m:02}/2026" for d, m in draw.integers(1, 13, size=(200, 2))]
    assert only(table(tmp_path, times).faults, "ambiguous-date").blocking


# ---- clocks of twelve hours ----


def twelve(minutes, step, suffix=""):
    at = datetime(2026, 1, 5, 6)
    moments = [at + timedelta(minutes=m) for m in range(0, minutes, step)]
    return [f"{one:%d.%m.%Y} {one.hour % 12 or 12}:{one:%M}{one.strftime(suffix)}" for one in moments]


@pytest.mark.parametrize("step", [1, 20, 120])
@pytest.mark.parametrize("turned", [False, True])
def test_a_clock_of_twelve_hours_without_its_halves_is_asked_about(tmp_path, step, turned):
    times = twelve(2000, step)
    frame = table(tmp_path, times[::-1] if turned else times)
    said = only(frame.faults, "half-day")
    assert said.blocking
    assert "AM" in said.sentence
    answered = table(tmp_path, times, answers=Answers({"half-day:Zeit": "as-is"}, "Europe/Berlin"))
    assert not only(answered.faults, "half-day").blocking


def test_times_that_are_whole_are_no_clock_of_twelve_hours(tmp_path):
    day_shift = [f"{d:02}.01.2026 {h}:{m:02}" for d in (5, 6, 20) for h in range(6, 13) for m in (0, 30)]
    jitter = [f"20.01.2026 {h}:0{m}" for h in range(6, 12) for m in (3, 1, 5)]
    for times in (twelve(2000, 20, " %p"), day_shift, jitter, local("2026-01-05 06:00", 2000, 20)):
        assert not [one for one in table(tmp_path, times).faults if one.code == "half-day"]


def test_the_days_of_a_workbook_that_counts_from_1904_can_be_said(tmp_path):
    days = ["44591.25", "44591.50", "44592.00"]
    offered = only(table(tmp_path, days, name="Datum").faults, "date-number")
    assert [one.value for one in offered.options] == ["time", "time-1904", "number"]
    said = Answers({"date-number:Datum": "time-1904", "zone": "UTC"})
    frame = table(tmp_path, days, name="Datum", answers=said)
    assert day(frame.columns["Datum"][0]) == "2026-01-31"
    assert frame.times["Datum"].startswith("excel1904")
    assert "44591.25" in only(frame.faults, "date-number").sentence
