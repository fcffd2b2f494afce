"""Hours, days and months that old windows are merged to. Pure; all in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

HOUR, DAY, MONTH = "hour", "day", "month"


def floor(at: datetime, resolution: str) -> datetime:
    """The start of the hour, day or month that holds ``at``; ValueError for another resolution."""
    moment = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if resolution == HOUR:
        return moment
    moment = moment.replace(hour=0)
    if resolution == DAY:
        return moment
    if resolution == MONTH:
        return moment.replace(day=1)
    raise ValueError(f"a resolution is an hour, a day or a month, not {resolution!r}")


def end(start: datetime, resolution: str) -> datetime:
    """Where the hour, day or month that begins at ``start`` ends."""
    if resolution == HOUR:
        return start + timedelta(hours=1)
    if resolution == DAY:
        return start + timedelta(days=1)
    return floor(start + timedelta(days=32), MONTH)


def before(now: datetime, days: int, resolution: str) -> datetime:
    """What starts before this is older than ``days``, and belongs to a whole day or month that is."""
    return floor(now - timedelta(days=days), MONTH if resolution == MONTH else DAY)
