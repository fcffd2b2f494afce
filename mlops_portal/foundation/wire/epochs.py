"""Numbers that count time: from which moment, in which steps. Pure, and the same for portal and pages.

- Seconds, milli-, micro- and nanoseconds since 1970; ``filetime`` of Windows, tenths of microseconds since
  1601: all in UTC.
- ``ticks`` of .NET, tenths of microseconds since the year 1, by the clock that was written.
- What would lie before 1990 or behind 2100 is no time of a machine, nanoseconds before 2000: .NET's ticks of
  today would be nanoseconds of 1990.
"""

from __future__ import annotations

FIRST, LAST = 631_152_000.0, 4_102_444_800.0  # 1990 and 2100
YEAR_2000 = 946_684_800.0
SINCE_YEAR_1, SINCE_1601 = 62_135_596_800.0, 11_644_473_600.0  # seconds until 1970
TICKS = "ticks"
COUNTS: dict[str, tuple[float, float]] = {
    "epoch_s": (1.0, 0.0),
    "epoch_ms": (1e3, 0.0),
    "epoch_us": (1e6, 0.0),
    "filetime": (1e7, SINCE_1601),
    TICKS: (1e7, SINCE_YEAR_1),
    "epoch_ns": (1e9, 0.0),
}
"""By the name of the count: steps in a second, seconds from its beginning to 1970."""


def count_between(low: float, high: float) -> str:
    """What numbers from ``low`` to ``high`` count; "" where they are no moments."""
    for name, (per, zero) in COUNTS.items():
        first = YEAR_2000 if name == "epoch_ns" else FIRST
        if low / per - zero >= first and high / per - zero <= LAST:
            return name
    return ""
