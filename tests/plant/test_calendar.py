"""Shifts and closed days, in the site's local time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mlops_portal.foundation.plant.errors import NameTaken, WrongDate, WrongPlace
from mlops_portal.foundation.plant.models import Shift, Site
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.calendar import shift_at, shifts_at, spans
from mlops_portal.foundation.plant.services.calendar import (
    closed_day_add,
    closed_day_remove,
    shift_remove,
    shift_set,
)
from mlops_portal.foundation.wire.errors import NotAllowed, NotFound

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)


@pytest.fixture
def three_shifts(cast) -> Site:
    for name, starts, ends in (("Early", 6, 14), ("Late", 14, 22), ("Night", 22, 6)):
        shift_set(
            by=cast.whole.quality_engineer,
            site=cast.site,
            name=name,
            starts=time(starts),
            ends=time(ends),
            weekdays="12345",
        )
    return cast.site


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("hour", "name"), [(6, "Early"), (13, "Early"), (14, "Late"), (21, "Late"), (22, "Night"), (23, "Night")]
)
def test_the_shift_of_an_hour_is_found(three_shifts, hour, name):
    assert shift_at(site=three_shifts, when=at(MONDAY, hour)).shift.name == name


def test_the_night_shift_belongs_to_the_day_on_which_it_starts(three_shifts):
    found = shift_at(site=three_shifts, when=at(MONDAY + timedelta(days=1), 3))
    assert (found.shift.name, found.day) == ("Night", MONDAY)
    assert shift_at(site=three_shifts, when=at(MONDAY, 3)) is None


def test_the_saturday_s_early_morning_is_friday_s_night_shift(three_shifts):
    saturday = MONDAY + timedelta(days=5)
    assert shift_at(site=three_shifts, when=at(saturday, 5)).shift.name == "Night"
    assert shift_at(site=three_shifts, when=at(saturday, 7)) is None


def test_no_shift_runs_on_a_closed_day(three_shifts, cast):
    closed_day_add(by=cast.whole.administrator, site=three_shifts, day=MONDAY, reason="Inventory")
    assert shift_at(site=three_shifts, when=at(MONDAY, 8)) is None


def test_a_closed_line_stands_still_alone(three_shifts, cast):
    closed_day_add(
        by=cast.whole.administrator, site=three_shifts, line=cast.line_1, day=MONDAY, reason="Tool change"
    )
    assert shift_at(site=three_shifts, when=at(MONDAY, 8), line=cast.line_1) is None
    assert shift_at(site=three_shifts, when=at(MONDAY, 8), line=cast.line_2).shift.name == "Early"


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9)])
def test_a_night_shift_across_a_clock_change_is_shorter_or_longer(day, hours):
    night = Shift(name="Night", starts=time(22), ends=time(6), weekdays="1234567")
    [span] = spans([night], day=day, zone=BERLIN)
    assert span.ends.astimezone(UTC) - span.starts.astimezone(UTC) == timedelta(hours=hours)


def test_the_hour_that_comes_twice_is_told_apart(cast):
    """02:30 comes twice on 25 October 2026 in Berlin; a shift until 02:45 ends after the first pass."""
    shift_set(
        by=cast.whole.administrator,
        site=cast.site,
        name="Short",
        starts=time(1),
        ends=time(2, 45),
        weekdays="7",
    )
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    assert shift_at(site=cast.site, when=first) is not None
    assert shift_at(site=cast.site, when=second) is None


def test_a_shift_is_changed_by_its_name_and_the_log_keeps_both(three_shifts, cast, recorded):
    shift_set(
        by=cast.whole.administrator,
        site=three_shifts,
        name="Early",
        starts=time(5, 30),
        ends=time(14),
        weekdays="54321",
    )
    early = Shift.objects.get(site=three_shifts, name="Early")
    assert (early.starts, early.weekdays) == (time(5, 30), "12345")
    assert recorded() == ["plant.shift.set"] * 4


@pytest.mark.parametrize("weekdays", ["", "8", "12a"])
def test_weekdays_that_are_none_are_refused(cast, weekdays):
    with pytest.raises(WrongDate):
        shift_set(
            by=cast.whole.administrator,
            site=cast.site,
            name="Odd",
            starts=time(6),
            ends=time(14),
            weekdays=weekdays,
        )


def test_a_shift_without_length_is_refused(cast):
    with pytest.raises(WrongDate):
        shift_set(
            by=cast.whole.administrator,
            site=cast.site,
            name="Odd",
            starts=time(6),
            ends=time(6),
            weekdays="1",
        )


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DOMAIN_EXPERT, Role.ML_ENGINEER, Role.AUDITOR])
def test_no_other_role_changes_the_calendar(cast, three_shifts, role):
    by = cast.whole.having(role)
    with pytest.raises(NotAllowed):
        shift_remove(by=by, shift=Shift.objects.get(name="Early"))
    with pytest.raises(NotAllowed):
        closed_day_add(by=by, site=cast.site, day=MONDAY, reason="No")


def test_who_has_one_line_does_not_change_the_site_s_calendar(cast):
    with pytest.raises(NotAllowed, match="whole site"):
        closed_day_add(by=cast.one.quality_engineer, site=cast.site, day=MONDAY, reason="No")


def test_a_shift_is_removed_once(three_shifts, cast, recorded):
    shift = Shift.objects.get(name="Early")
    again = Shift.objects.get(name="Early")
    shift_remove(by=cast.whole.administrator, shift=shift)
    with pytest.raises(NotFound):
        shift_remove(by=cast.whole.administrator, shift=again)
    assert recorded()[-1] == "plant.shift.removed"


def test_a_day_is_closed_and_opened_once(cast, recorded):
    closed = closed_day_add(by=cast.whole.administrator, site=cast.site, day=MONDAY, reason="Inventory")
    with pytest.raises(NameTaken):
        closed_day_add(by=cast.whole.administrator, site=cast.site, day=MONDAY, reason="Again")
    closed_day_remove(by=cast.whole.administrator, closed=closed)
    assert recorded() == ["plant.day.closed", "plant.day.opened"]


def test_a_line_of_another_site_is_not_closed(cast, other_site):
    with pytest.raises(WrongPlace):
        closed_day_add(
            by=cast.whole.administrator,
            site=cast.site,
            line=other_site.lines.get(),
            day=MONDAY,
            reason="No",
        )


@pytest.mark.parametrize("hour", [0, 3, 6, 8, 14, 22, 23])
@pytest.mark.parametrize("days", [0, 1, 5, 6])
def test_many_lines_at_once_say_the_same_as_one_by_one(three_shifts, cast, other_site, days, hour):
    closed_day_add(
        by=cast.whole.administrator, site=three_shifts, line=cast.line_1, day=MONDAY, reason="Tool change"
    )
    when = at(MONDAY + timedelta(days=days), hour)
    lines = [cast.line_1, cast.line_2, other_site.lines.get()]
    assert shifts_at(lines=lines, when=when) == {
        line.pk: shift_at(site=line.site, line=line, when=when) for line in lines
    }
