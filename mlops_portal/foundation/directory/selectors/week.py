"""One week of a site's shifts as a drawing: a row a day, hours to the right, local wall-clock time. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mlops_portal.foundation.plant.models import ClosedDay, Shift

LEFT, TOP, HOUR, ROW, BAR = 64, 24, 28, 40, 28
WIDTH, HEIGHT = LEFT + 24 * HOUR + 20, TOP + 7 * ROW + 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a shift within one day, in drawing units; a night shift has two."""

    shift: Shift
    tone: int
    x: float
    y: float
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    y: float
    closed: list[ClosedDay]
    today: bool


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    rows: list[DayRow]
    bars: list[Bar]
    now_x: float | None
    now_y: float | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def previous(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def following(self) -> date:
        return self.monday + timedelta(days=7)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def hours(self) -> list[tuple[str, float]]:
        return [(f"{hour:02}:00", LEFT + hour * HOUR) for hour in range(0, 25, 4)]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _hours(moment: time) -> float:
    return moment.hour + moment.minute / 60


def _pieces(shift: Shift, start: int) -> Iterator[tuple[int, float, float]]:
    """(row, from hour, to hour) of a shift that starts on row ``start``, cut at midnight and at the week."""
    begin, end = start * 24 + _hours(shift.starts), start * 24 + _hours(shift.ends)
    if end <= begin:
        end += 24
    begin, end = max(begin, 0.0), min(end, 168.0)
    while begin < end:
        row = int(begin // 24)
        stop = min(end, (row + 1) * 24.0)
        yield row, begin - row * 24, stop - row * 24
        begin = stop


def week(*, shifts: list[Shift], closed: list[ClosedDay], monday: date, now: datetime) -> Week:
    """The drawing of the week that begins on ``monday``; ``now`` is aware and in the site's zone.

    The shifts of a day on which the whole site stands still are left out.
    """
    days = [monday + timedelta(days=number) for number in range(7)]
    still = {one.day for one in closed if one.line_id is None}
    bars = []
    for tone, shift in enumerate(shifts):
        for start in range(-1, 7):  # Sunday's night shift of the week before ends on this Monday
            day = monday + timedelta(days=start)
            if str(day.isoweekday()) not in shift.weekdays or day in still:
                continue
            for row, begin, end in _pieces(shift, start):
                width = (end - begin) * HOUR
                bars.append(
                    Bar(
                        shift,
                        tone % 4,
                        LEFT + begin * HOUR,
                        TOP + row * ROW + (ROW - BAR) / 2,
                        width,
                        shift.name if width > 8 * len(shift.name) else "",
                    )
                )
    rows = [
        DayRow(day, TOP + number * ROW, [one for one in closed if one.day == day], day == now.date())
        for number, day in enumerate(days)
    ]
    shown = now.date() in days
    return Week(
        monday,
        rows,
        bars,
        LEFT + _hours(now.time()) * HOUR if shown else None,
        TOP + days.index(now.date()) * ROW if shown else None,
    )
