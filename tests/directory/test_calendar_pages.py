"""The calendar of a site, and the week as a drawing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mlops_portal.foundation.directory.selectors.week import HOUR, LEFT, WIDTH, week
from mlops_portal.foundation.plant.models import ClosedDay, Shift

MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 4, 10, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def drawn(*shifts: Shift, closed: list[ClosedDay] | None = None):
    return week(shifts=list(shifts), closed=closed or [], monday=MONDAY, now=NOW)


def hours(picture) -> list[tuple[int, float, float]]:
    rows = {row.y: number for number, row in enumerate(picture.rows)}
    return sorted(
        (rows[bar.y - 6], (bar.x - LEFT) / HOUR, (bar.x - LEFT + bar.width) / HOUR) for bar in picture.bars
    )


def test_a_day_shift_is_one_bar_on_its_day():
    assert hours(drawn(Shift(name="Early", starts=time(6), ends=time(14), weekdays="1"))) == [(0, 6, 14)]


def test_a_night_shift_goes_on_in_the_next_row():
    night = Shift(name="Night", starts=time(22), ends=time(6), weekdays="12")
    assert hours(drawn(night)) == [(0, 22, 24), (1, 0, 6), (1, 22, 24), (2, 0, 6)]


def test_sunday_s_night_shift_ends_on_the_monday_of_the_next_week():
    night = Shift(name="Night", starts=time(22), ends=time(6), weekdays="7")
    assert hours(drawn(night)) == [(0, 0, 6), (6, 22, 24)]


def test_no_shift_is_drawn_on_a_closed_day_but_the_night_before_ends_there():
    night = Shift(name="Night", starts=time(22), ends=time(6), weekdays="1234567")
    picture = drawn(night, closed=[ClosedDay(day=MONDAY + timedelta(days=1), reason="Inventory")])
    assert (1, 0, 6) in hours(picture)
    assert (1, 22, 24) not in hours(picture)
    assert [one.reason for one in picture.rows[1].closed] == ["Inventory"]


@given(st.times(), st.times(), st.sets(st.sampled_from("1234567"), min_size=1))
def test_every_bar_lies_within_its_day_and_no_hour_is_lost(starts, ends, days):
    starts, ends = starts.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0)
    if starts == ends:
        return
    picture = drawn(Shift(name="S", starts=starts, ends=ends, weekdays="".join(sorted(days))))
    assert all(bar.x >= LEFT and bar.width > 0 and bar.x + bar.width <= WIDTH for bar in picture.bars)
    length = (ends.hour - starts.hour) + (ends.minute - starts.minute) / 60
    length += 24 if length <= 0 else 0
    assert sum(bar.width for bar in picture.bars) / HOUR == pytest.approx(len(days) * length)


@pytest.fixture
def quality(world, client_for):
    return client_for(world.cast.whole.quality_engineer)


@pytest.mark.parametrize(
    "asked", ["", "?week=2026-03-04", "?week=nonsense", "?week=9999-12-31", "?week=0001-01-01"]
)
def test_the_calendar_shows_the_week_that_was_asked_for(quality, asked):
    response = quality.get(f"/plant/calendar/ahrensfeld/{asked}")
    assert response.status_code == 200
    monday = response.context["week"].monday
    today = timezone.now().astimezone(ZoneInfo("Europe/Berlin")).date()
    assert monday == (MONDAY if asked == "?week=2026-03-04" else today - timedelta(days=today.weekday()))


def test_a_site_that_one_does_not_see_has_no_calendar(quality):
    assert quality.get("/plant/calendar/borkheide/").status_code == 404


def test_a_shift_that_was_removed_comes_back_by_undo(quality, world):
    response = quality.post(f"/plant/calendar/ahrensfeld/shift/{world.shift.pk}/remove/", follow=True)
    assert not Shift.objects.exists()
    [message] = response.context["messages"]
    quality.post("/undo/", {"token": message.extra_tags.removeprefix("undo:")})
    back = Shift.objects.get()
    assert (back.name, back.starts, back.ends) == ("Early", time(6), time(14))


def test_a_closed_day_is_opened_again_and_closed_by_undo(quality, world):
    tomorrow = (timezone.now() + timedelta(days=2)).date()
    given = {"day": tomorrow.isoformat(), "reason": "Inventory", "line": "line-1"}
    quality.post("/plant/calendar/ahrensfeld/close/", given)
    closed = ClosedDay.objects.get()
    response = quality.post(f"/plant/calendar/ahrensfeld/open/{closed.pk}/", follow=True)
    assert not ClosedDay.objects.exists()
    message = list(response.context["messages"])[-1]
    quality.post("/undo/", {"token": message.extra_tags.removeprefix("undo:")})
    assert ClosedDay.objects.get().line == world.cast.line_1


def test_a_day_that_is_closed_already_is_said_at_the_form(quality):
    given = {"day": "2026-12-24", "reason": "Holiday"}
    assert quality.post("/plant/calendar/ahrensfeld/close/", given).status_code == 302
    assert quality.post("/plant/calendar/ahrensfeld/close/", given).status_code == 409
