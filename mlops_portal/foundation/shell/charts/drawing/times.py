"""A time axis in a person's own zone. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from mlops_portal.foundation.shell.charts.drawing.scales import nice_step

MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS = (
    1, 5, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
)  # fmt: skip
MONTH_STEPS = (1, 2, 3, 6)
YEAR = 365.25 * DAY
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def seconds(moment: datetime) -> float:
    """Seconds since 1970; a moment without a zone counts as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()


def local(stamp: float, zone: tzinfo) -> datetime:
    """The wall clock at ``stamp``; held inside the calendar that Python knows."""
    first, last = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
    stamp = min(max(stamp, first.timestamp()), last.timestamp())
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stamp)).astimezone(zone)


def time_ticks(
    low: float, high: float, count: int, zone: tzinfo, months: tuple[str, ...] = MONTHS
) -> tuple[list[float], list[str]]:
    """At most about ``count`` ticks on round local times, with their texts.

    A day's first tick carries the date, the others the time; longer axes carry days, months, years.
    """
    raw = (high - low) / max(count, 1)
    fitting = [step for step in STEPS if step >= raw]
    if fitting:
        moments, kind = list(_by_clock(low, high, fitting[0], zone)), "day" if fitting[0] >= DAY else "time"
    else:
        monthly = [step for step in MONTH_STEPS if step * YEAR / 12 >= raw]
        pace = monthly[0] if monthly else 12 * max(1, math.ceil(nice_step((high - low) / YEAR, count)))
        moments, kind = list(_by_month(low, high, pace, zone)), "year" if pace >= 12 else "month"
    stamps = [moment.timestamp() for moment in moments]
    return stamps, [_text(moment, kind, months) for moment in moments]


def _by_clock(low: float, high: float, step: int, zone: tzinfo) -> Iterator[datetime]:
    start = local(low, zone)
    wall = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if step > DAY:
        wall -= timedelta(days=wall.toordinal() % (step // DAY))
    elif step < DAY:
        passed = start.hour * HOUR + start.minute * MINUTE + start.second
        wall += timedelta(seconds=passed // step * step)
    before = -math.inf
    for _ in range(200):
        # A wall time that the clock skips or repeats in spring and autumn keeps the order of its stamps.
        moment = wall.replace(tzinfo=zone)
        stamp = moment.timestamp()
        if stamp > high:
            return
        if stamp >= low and stamp > before:
            before = stamp
            yield local(stamp, zone)
        wall += timedelta(seconds=step)


def _by_month(low: float, high: float, step: int, zone: tzinfo) -> Iterator[datetime]:
    start = local(low, zone)
    index = (start.year * 12 + start.month - 1) // step * step
    for _ in range(200):
        year, month = divmod(index, 12)
        index += step
        if not 1 < year < 9999:
            continue
        moment = datetime(year, month + 1, 1, tzinfo=zone)
        if moment.timestamp() > high:
            return
        if moment.timestamp() >= low:
            yield moment


def zone_text(low: float, high: float, zone: tzinfo) -> str:
    """What the clock is called on an axis: ``CET``; ``CEST/CET`` where it changes on the way."""
    names = [local(stamp, zone).tzname() or "" for stamp in (low, high)]
    return "/".join(dict.fromkeys(name for name in names if name))


def _text(moment: datetime, kind: str, months: tuple[str, ...]) -> str:
    month = months[moment.month - 1]
    if kind == "year":
        return str(moment.year)
    if kind == "month":
        return f"{month} {moment.year}"
    if kind == "day" or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment.day} {month}"
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def moment_text(stamp: float, zone: tzinfo, months: tuple[str, ...] = MONTHS) -> str:
    """``22 Nov 2026, 18:42 CET``: how a moment stands in a table or a title."""
    moment = local(stamp, zone)
    clock = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return f"{moment.day} {months[moment.month - 1]} {moment.year}, {clock} {moment.tzname() or ''}".rstrip()
