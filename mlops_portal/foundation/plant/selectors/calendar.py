"""Which shift it is, and when the next one starts."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mlops_portal.foundation.plant.models import ClosedDay, Line, Shift, Site


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """One shift on one day; ``starts`` and ``ends`` are aware datetimes in the site's zone."""

    shift: Shift
    day: date
    starts: datetime
    ends: datetime


def spans(shifts: list[Shift], *, day: date, zone: zoneinfo.ZoneInfo) -> list[ShiftSpan]:
    """The shifts that start on ``day``, local time; across a clock change they grow or shrink. Pure."""
    day_spans = []
    for shift in shifts:
        if str(day.isoweekday()) not in shift.weekdays:
            continue
        end_day = day if shift.ends > shift.starts else day + timedelta(days=1)
        day_spans.append(
            ShiftSpan(
                shift,
                day,
                datetime.combine(day, shift.starts, tzinfo=zone),
                datetime.combine(end_day, shift.ends, tzinfo=zone),
            )
        )
    return sorted(day_spans, key=lambda span: span.starts)


def shift_at(*, site: Site, when: datetime, line: Line | None = None) -> ShiftSpan | None:
    """The shift that runs at ``when`` (aware), or None on a closed day and between shifts."""
    zone = zoneinfo.ZoneInfo(site.time_zone)
    when = when.astimezone(
        UTC
    )  # two times of one zone compare by their wall clocks, wrong when clocks change
    local = when.astimezone(zone)
    shifts = list(Shift.objects.filter(site=site))
    for day in (local.date() - timedelta(days=1), local.date()):
        for span in spans(shifts, day=day, zone=zone):
            if span.starts <= when < span.ends and not is_closed(site=site, day=day, line=line):
                return span
    return None


def shifts_at(*, lines: Iterable[Line], when: datetime) -> dict[int, ShiftSpan | None]:
    """What ``shift_at`` says for each of many lines (by primary key), in two queries; with sites loaded."""
    lines = list(lines)
    sites = {line.site_id for line in lines}
    shifts: dict[int, list[Shift]] = {site: [] for site in sites}
    for shift in Shift.objects.filter(site__in=sites):
        shifts[shift.site_id].append(shift)
    near = (when.date() - timedelta(days=2), when.date() + timedelta(days=2))  # zones differ by up to a day
    closed = set(ClosedDay.objects.filter(site__in=sites, day__range=near).values_list("site", "line", "day"))
    when = when.astimezone(UTC)
    by_line: dict[int, ShiftSpan | None] = {}
    for line in lines:
        zone = zoneinfo.ZoneInfo(line.site.time_zone)
        local = when.astimezone(zone).date()
        running = (
            span
            for day in (local - timedelta(days=1), local)
            if not {(line.site_id, None, day), (line.site_id, line.pk, day)} & closed
            for span in spans(shifts[line.site_id], day=day, zone=zone)
            if span.starts <= when < span.ends
        )
        by_line[line.pk] = next(running, None)
    return by_line


def is_closed(*, site: Site, day: date, line: Line | None = None) -> bool:
    """Whether the site, or that line of it, stands still on a local day."""
    closed = ClosedDay.objects.filter(site=site, day=day)
    if line is None:
        return closed.filter(line=None).exists()
    return closed.filter(line=None).exists() or closed.filter(line=line).exists()
