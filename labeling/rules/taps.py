"""When a finger was on the glass, as far as a tablet can be believed.

- A tablet's clock may be wrong; how long an answer waited on it may not be: both of its times come from the
  same clock, so the time of the tap is the portal's now less that wait.
- A tap was never before the question was given out, and never after it arrived.
- A clock more than a minute off is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tapped:
    """``at`` by the portal's clock; ``clock_off``: the tablet's less the portal's, zero within a minute."""

    at: datetime
    clock_off: timedelta


def tapped(*, now: datetime, tap: datetime, sent: datetime, given: datetime | None) -> Tapped:
    """``tap`` and ``sent`` by the tablet's clock, ``given`` (when the question went out) by the portal's."""
    off = sent - now
    at = min(now - max(sent - tap, timedelta(0)), now)
    if given is not None:
        at = max(at, min(given, now))
    return Tapped(at, off if abs(off) > SLACK else timedelta(0))


@dataclass(frozen=True, slots=True)
class Sent:
    """What a device says of a tap: the tap's ``key``, the ``ticket`` that came with the question, and by the
    device's own clock when it was ``tapped`` and ``sent``."""

    key: UUID
    ticket: str = ""
    tapped: datetime | None = None
    sent: datetime | None = None

    def clock(self, now: datetime, given: datetime | None = None) -> Tapped | None:
        """None where the device says nothing of its clock."""
        if self.tapped is None or self.sent is None:
            return None
        return tapped(now=now, tap=self.tapped, sent=self.sent, given=given)
