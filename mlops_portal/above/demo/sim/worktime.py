"""Local time of the plant: shifts, breaks, and the warmth of the hall over the day."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from mlops_portal.above.demo.sim.catalogue import SHIFTS, SITE

HOUR = 3600.0
SHIFT_HOURS = 8
BREAK_AFTER = 3.5 * HOUR
BREAK_EACH = 0.25 * HOUR
BREAK = 20 * 60.0
_ZONE = ZoneInfo(SITE.timezone)


@lru_cache(maxsize=64)
def _offset(utc_hour: int) -> float:
    """Seconds that local time is ahead of UTC in that hour; zones change their offset on full hours."""
    shift = datetime.fromtimestamp(utc_hour * HOUR, UTC).astimezone(_ZONE).utcoffset()
    return shift.total_seconds() if shift is not None else 0.0


def local_seconds(moment: float) -> float:
    """Seconds of the local day, 0 up to 86,400, at this time (seconds since 1970, UTC)."""
    return (moment + _offset(int(moment // HOUR))) % (24 * HOUR)


def shift_at(moment: float) -> str:
    """Key of the shift that works at this time."""
    hours = local_seconds(moment) / HOUR
    return SHIFTS[int(((hours - SHIFTS[0].start) % 24) // SHIFT_HOURS)].key


def break_left(moment: float, number: int) -> float:
    """Seconds until the break of asset ``number`` ends, 0 while it works. Breaks are staggered."""
    into = (local_seconds(moment) - SHIFTS[0].start * HOUR) % (SHIFT_HOURS * HOUR)
    left = BREAK_AFTER + number * BREAK_EACH + BREAK - into
    return left if 0.0 < left <= BREAK else 0.0


def hall_mean(moment: float) -> float:
    """Mean temperature of the hall [°C]: coolest at 5 o'clock, warmest at 17."""
    return 21.0 + 2.6 * math.sin(2 * math.pi * (local_seconds(moment) / HOUR - 11) / 24)
