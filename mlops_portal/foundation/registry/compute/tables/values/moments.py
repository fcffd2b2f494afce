"""A column of times made ready: in UTC, by the zone, with what was guessed of dates and clocks said."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mlops_portal.foundation.registry.compute.tables.answers import WORDS, ZONE
from mlops_portal.foundation.registry.compute.tables.problem import Problem, gettext_noop, problem, quoted
from mlops_portal.foundation.registry.compute.tables.values import halves, midnight, times, zones
from mlops_portal.foundation.registry.compute.tables.values.cells import AS_GAP, AS_WORDS
from mlops_portal.foundation.registry.compute.tables.values.gather import COUNTED, Gathering
from mlops_portal.foundation.registry.compute.tables.values.plan import DMY, MDY, SINCE_1904, YY

GAP, NEXT, STAND = "gap", "next-day", "as-is"
SHORT = re.compile(r"\d{5,6}(?:[T _-]?\d{4,6})?(?:\.0+)?$")
NO_MOMENT = gettext_noop(
    "Column {column} holds times, but “{value}” in row {row} ({count} in all); such cells would be left"
    " empty. Say so, or that the column holds words."
)
DAY_FIRST = gettext_noop("The day stands first: {value} is {by_day}")
MONTH_FIRST = gettext_noop("The month stands first: {value} is {by_month}")
YEAR_FIRST = gettext_noop("The year stands first: {value} is {by_year}")
ASK_YEAR = gettext_noop(
    "The years in column {column} have two digits: {value} is {by_day} with the day first, {by_month} with"
    " the month first, {by_year} with the year first, and nothing in the rows says which. Say which it is;"
    " {by_taken} is the guess."
)
TOLD_YEAR = gettext_noop(
    "The years in column {column} have two digits: {value} is taken as {by_taken}, because {reason}."
)
ASK_ORDER = gettext_noop(
    "Every day and month in column {column} is at most 12: {value} is {by_day} with the day first, {by_month}"
    " with the month first, and nothing in the rows says which. Say which it is; {by_taken} is the guess,"
    " because the times are of {zone}."
)
TOLD_ORDER = gettext_noop(
    "Every day and month in column {column} is at most 12: {value} is taken as {by_taken}, because {reason}."
)
BY_ROWS = gettext_noop("the rows then stand in the order of time")
BY_COLUMNS = gettext_noop("another column of dates in the file is written so")
REASONS = {"rows": BY_ROWS, "columns": BY_COLUMNS}
PASSES = {"first": gettext_noop("first"), "second": gettext_noop("second")}
BY_POINTS = gettext_noop("dates with points are written with the day first")
IN_ZONE = gettext_noop(
    "The times in column {column} carry no zone and are read as {zone}: {value} is {moment} UTC. Another zone"
    " can be given."
)
AS_ZONE = gettext_noop("They are of {zone}")
AS_UTC = gettext_noop("They are UTC")
TWICE = gettext_noop(
    "The hour from {start} to {end} on {day} stands twice in column {column}, because the clock is put back;"
    " the second pass begins in row {row}, as the order of the rows says."
)
ONCE = gettext_noop(
    "The hour from {start} to {end} on {day} happens twice, and its rows stand once in column {column} (from"
    " row {row}); they are taken as the {which} pass, because of the rows around them."
)
SKIPPED = gettext_noop(
    "The hour from {start} to {end} on {day} does not exist, because the clock is put forward, but column"
    " {column} has rows in it ({count}, first row {row}). {taken_as}"
)
ALL_WINTER = gettext_noop(
    "The rows go on without a jump, so the recorder's clock was not put forward: the whole column is read in"
    " winter time."
)
MOVED = gettext_noop("These rows are moved on by the hour, as the time on a clock that was put forward late.")
AS_STANDARD = gettext_noop("The recorder keeps winter time all year")
AS_CHANGED = gettext_noop("Move these rows by the hour")
HALVES = gettext_noop(
    "The hours in column {column} go from 1 to 12 and start again without AM or PM: row {row} goes from"
    " {before} back to {value}. Half of the times would be 12 hours wrong; bring the table with AM and PM or"
    " with 24 hours, or say that they are right."
)
OLD_DAY = gettext_noop(
    "Column {column}: rows behind midnight ({count}, first row {row}) carry the day before; they are taken as"
    " {value}, because the rows then stand in the order of time."
)
OLD_DAY_KEPT = gettext_noop(
    "Column {column}: rows behind midnight ({count}, first row {row}) carry the day before; they are read as"
    " they stand."
)
AS_NEXT = gettext_noop("They belong to the next day")
AS_THEY_ARE = gettext_noop("Read them as they stand")
DAYS = gettext_noop(
    "Column {column} holds numbers like {value}, which are taken as {moment}, because the column is called"
    " so."
)
ASK_DAYS = gettext_noop(
    "Column {column} holds numbers like {value}: as the days of a spreadsheet they are times, {value} is"
    " {moment}. Say whether they are."
)
AS_TIME = gettext_noop("They are times")
AS_1904 = gettext_noop("They are times of a workbook that counts from 1904: {value} is {moment_1904}")
AS_NUMBER = gettext_noop("They are numbers")
TOGETHER = gettext_noop(
    "The dates in column {column} and the times of day in column {clock} are joined to one moment."
)
JOIN = gettext_noop("Join them")
APART = gettext_noop("Keep them apart")


def finished(
    column: Gathering, local: NDArray[np.float64], numbers: NDArray[np.int64], *, fixed: bool
) -> tuple[NDArray[np.float64], str, list[Problem]]:
    """(seconds in UTC, how they are written, with the zone; what was guessed). ``local`` float64 (n,)."""
    assert column.plan
    form, _, zone = column.plan.form.partition("@")
    bare = column.without_offset()
    problems = [*_odd(column), *_written(column, form, local), *_halves(column, form, local, numbers)]
    if form in times.EPOCHS:
        return local, column.plan.form, problems
    if not zone and not fixed and bare.any():
        zone = column.answers.zone
    local, more = _midnight(column, local, bare, numbers)
    problems += more
    key = f"clock-change:{column.name}"
    choice = column.answers.of(key, "", (zones.STANDARD, zones.CHANGED))
    placed = zones.placed(local, bare, zone, choice)
    problems += _zone(column, zone, local, placed.seconds, bare)
    problems += [_change(column, one, numbers, key) for one in placed.noted]
    whole = f"{form}@{zone}" if zone and zone != "UTC" and bare.any() else form
    return placed.seconds, whole, problems


def _odd(column: Gathering) -> list[Problem]:
    seen = column.odd
    if not seen.count:
        return []
    return [
        column.answers.question(
            "mixed-types",
            NO_MOMENT,
            key=f"cells:{column.name}",
            guess=GAP,
            options=((GAP, AS_GAP), (WORDS, AS_WORDS)),
            asks=True,
            column=column.name,
            row=seen.row,
            value=quoted(seen.value),
            count=seen.count,
        )
    ]


def _written(column: Gathering, form: str, local: NDArray[np.float64]) -> list[Problem]:
    """How the dates are written, where it was guessed."""
    assert column.plan
    problems = []
    if column.plan.clock:
        problems.append(
            column.answers.question(
                "date-time",
                TOGETHER,
                key=f"date-time:{column.name}",
                guess="joined",
                options=(("joined", JOIN), ("apart", APART)),
                column=column.name,
                clock=quoted(column.plan.clock),
            )
        )
    swapped = YY in column.plan.ways or (0 < column.day <= 12 and 0 < column.month <= 12)
    if form in (DMY, MDY, YY) and column.plan.doubt and swapped:
        problems.append(_ambiguous(column, form))
    days = form in (times.EXCEL, times.EXCEL_1904)
    if (days or form == "ymd" or SHORT.match(column.first)) and np.isfinite(local).any():
        problems.append(_numbers(column, form, float(local[int(np.argmax(np.isfinite(local)))])))
    return problems


def _numbers(column: Gathering, form: str, first: float) -> Problem:
    """Numbers that are taken as times. ``first``: the first of them [s]."""
    assert column.plan
    counted = form in (times.EXCEL, times.EXCEL_1904)
    days = first / 86_400 + times.EXCEL_ZERO - (form == times.EXCEL_1904) * times.DAYS_TO_1904
    since_1904 = ((SINCE_1904, AS_1904),) if counted else ()
    asks = counted and column.plan.doubt == "days"
    return column.answers.question(
        "date-number",
        ASK_DAYS if asks else DAYS,
        key=f"date-number:{column.name}",
        guess="time",
        options=(("time", AS_TIME), *since_1904, ("number", AS_NUMBER)),
        asks=asks,
        column=column.name,
        value=column.first or f"{days:.10g}",
        moment=written(first),
        moment_1904=written(float(times.of_excel(np.array([days]), times.EXCEL_1904)[0])),
    )


def _ambiguous(column: Gathering, form: str) -> Problem:
    assert column.plan
    key, value = f"date-order:{column.name}", column.first
    dates = {order: _date(value, order) for order in (DMY, MDY, YY)}
    doubt, ways = column.plan.doubt, column.plan.ways or (DMY, MDY)
    asks = doubt in ("zone", "year")
    asked, told = (ASK_YEAR, TOLD_YEAR) if YY in ways else (ASK_ORDER, TOLD_ORDER)
    labels = {DMY: DAY_FIRST, MDY: MONTH_FIRST, YY: YEAR_FIRST}
    return column.answers.question(
        "ambiguous-date",
        asked if asks else told,
        key=key,
        guess=form,
        options=[(way, labels[way]) for way in ways],
        asks=asks,
        column=column.name,
        value=quoted(value),
        by_day=dates[DMY],
        by_month=dates[MDY],
        by_year=dates[YY],
        by_taken=dates[form],
        zone=column.answers.zone,
        reason=REASONS.get(doubt, BY_POINTS),
    )


def _halves(
    column: Gathering, form: str, local: NDArray[np.float64], numbers: NDArray[np.int64]
) -> list[Problem]:
    if form in COUNTED or column.halved:
        return []
    at = halves.turn(np.where(column.without_offset(), local, np.nan))
    if at is None:
        return []
    return [
        column.answers.question(
            "half-day",
            HALVES,
            key=f"half-day:{column.name}",
            guess=STAND,
            options=((STAND, AS_THEY_ARE),),
            asks=True,
            column=column.name,
            row=int(numbers[at]),
            before=written(float(local[at - 1]))[:16],
            value=written(float(local[at]))[:16],
        )
    ]


def _date(text: str, order: str) -> str:
    seconds = float(times.parse(pa.array([text]), order).local[0])
    return written(seconds)[:10] if np.isfinite(seconds) else "–"


def _midnight(
    column: Gathering, local: NDArray[np.float64], bare: NDArray[np.bool_], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.float64], list[Problem]]:
    if column.plan is None or column.plan.form.partition("@")[0] in COUNTED:
        return local, []
    late = midnight.late_rows(local)
    if not late.size or not bare[late].all():
        return local, []
    key = f"midnight:{column.name}"
    taken = column.answers.of(key, NEXT, (NEXT, STAND))
    at = int(late[0])
    question = column.answers.question(
        "midnight",
        OLD_DAY if taken == NEXT else OLD_DAY_KEPT,
        key=key,
        guess=NEXT,
        options=((NEXT, AS_NEXT), (STAND, AS_THEY_ARE)),
        column=column.name,
        count=int(late.size),
        row=int(numbers[at]),
        value=written(float(local[at]) + midnight.DAY),
    )
    if taken == NEXT:
        local = local.copy()
        local[late] += midnight.DAY
    return local, [question]


def _zone(
    column: Gathering,
    zone: str,
    local: NDArray[np.float64],
    seconds: NDArray[np.float64],
    bare: NDArray[np.bool_],
) -> list[Problem]:
    if not bare.any() or not (column.answers.site_zone or ZONE in column.answers.given):
        return []
    at = int(np.argmax(bare))
    site = column.answers.site_zone or zone or "UTC"
    options = [("UTC", AS_UTC)] if site == "UTC" else [(site, AS_ZONE), ("UTC", AS_UTC)]
    return [
        problem(
            "zone",
            IN_ZONE,
            blocking=False,
            key=ZONE,
            taken=zone or "UTC",
            options=options if len(options) > 1 or (zone or "UTC") != site else (),
            column=column.name,
            zone=zone or "UTC",
            value=written(float(local[at])),
            moment=written(float(seconds[at])),
        )
    ]


def _change(column: Gathering, noted: zones.Noted, numbers: NDArray[np.int64], key: str) -> Problem:
    low, high = noted.change.span
    where: dict[str, Any] = {
        "column": column.name,
        "row": int(numbers[noted.index]),
        "count": noted.count,
        "start": written(low)[11:16],
        "end": written(high)[11:16],
        "day": written(low)[:10],
    }
    if noted.what in (zones.STANDARD, zones.CHANGED):
        return column.answers.question(
            "clock-forward",
            SKIPPED,
            key=key,
            guess=noted.what,
            options=((zones.STANDARD, AS_STANDARD), (zones.CHANGED, AS_CHANGED)),
            taken_as=ALL_WINTER if noted.what == zones.STANDARD else MOVED,
            **where,
        )
    if noted.what == "twice":
        return problem("clock-back", TWICE, blocking=False, **where)
    return problem("clock-back", ONCE, blocking=False, which=PASSES[noted.what], **where)


def written(seconds: float) -> str:
    """As people write it: 2026-11-25 06:00:00."""
    try:
        at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return f"{seconds:g}"
    return at.strftime("%Y-%m-%d %H:%M:%S")


__all__ = ["GAP", "finished", "written"]
