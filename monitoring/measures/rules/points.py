"""What a value of each chart is, and what does not fit it.

- A chart of subgroups takes the readings of one, or its mean with size and spread (range or deviation).
- A chart of counts takes how many were not in order, of how many; what is charted follows: p in percent, u a
  unit.
- Every other chart takes one number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from monitoring.errors import ValueUnfit

LARGEST, MOST_IN = 1e15, 25
SUBGROUPED, SIZED = ("xbar_r", "xbar_s"), ("p", "np", "u")
PERCENT = 100.0


class Given(NamedTuple):
    """One value as it is kept: what is charted, the size behind it, and the spread inside."""

    value: float
    size: float | None = None
    spread: float | None = None


def subgroup(chart: str, readings: Sequence[float]) -> Given:
    """The point of a subgroup of ``readings``. ValueUnfit."""
    if chart not in SUBGROUPED:
        raise ValueUnfit(_("Only X̄ charts take subgroups; send one value at a time."))
    n = len(readings)
    if not 2 <= n <= MOST_IN or not all(number(one) for one in readings):
        raise ValueUnfit(_("A subgroup is 2 to %(most)d numbers.") % {"most": MOST_IN})
    mean = math.fsum(readings) / n
    if chart == "xbar_r":
        return Given(mean, n, max(readings) - min(readings))
    return Given(mean, n, math.sqrt(math.fsum((one - mean) ** 2 for one in readings) / (n - 1)))


def counted(chart: str, count: float, size: float | None) -> Given:
    """The point of a ``count`` among ``size``. ValueUnfit."""
    if chart == "c":
        size = None
    elif chart not in SIZED:
        raise ValueUnfit(_("Only p, np, c and u charts take counts; send the value itself."))
    elif size is None or not number(size) or size <= 0:
        raise ValueUnfit(_("Say of how many it is: the size is a number above 0."))
    if not number(count) or count < 0 or count != int(count):
        raise ValueUnfit(_("A count is a whole number, 0 or more."))
    if size is not None and chart in ("p", "np") and (count > size or size != int(size)):
        raise ValueUnfit(_("There cannot be more of them than parts that were looked at, all whole numbers."))
    if chart == "p" and size:
        return Given(PERCENT * count / size, size)
    return Given(count / size if chart == "u" and size else count, size)


def number(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= LARGEST


def problem_of(chart: str, given: Given) -> str:
    """Why the value is none of this chart; empty where it is one."""
    if not number(given.value):
        return _("it is no number that a plant measures; leave gaps out")
    if chart in SUBGROUPED:
        whole = given.size is not None and given.size >= 2 and given.spread is not None
        if not (whole and number(given.spread or 0.0) and (given.spread or 0.0) >= 0):
            return _("an X̄ chart takes subgroups; send the readings of one together")
    elif chart in SIZED:
        if given.size is None or not number(given.size) or given.size <= 0:
            return _("say of how many it is")
        most = {"p": PERCENT, "np": given.size}.get(chart, math.inf)
        if not 0 <= given.value <= most:
            return _("a share lies between none and all")
    elif chart == "c" and (given.value < 0 or given.value != int(given.value)):
        return _("a count is a whole number, 0 or more")
    return ""
