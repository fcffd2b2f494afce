"""Times by a plant's clock as seconds in UTC, over the days on which the clock is put forward and back.

- The hour that stands twice in autumn: the order of the rows tells the passes apart. The second one begins
  where the clock goes back. A pass that stands alone is the one its neighbours in the file are nearer to.
- The hour that does not exist in spring: where rows go on without a jump behind it, the recorder's clock
  was never put forward, and the whole column is read in winter time; else these rows alone are moved by the
  hour. Two rows never become one moment by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FIRST, LAST = 631_152_000.0, 4_102_444_800.0
STANDARD, CHANGED = "standard", "changed"
TIES = 0.1  # a larger share of equal neighbours: equal times are ordinary in this table


@dataclass(frozen=True, slots=True)
class Change:
    """The clock is put from ``before`` to ``after`` (seconds ahead of UTC) at ``at`` (UTC)."""

    at: float
    before: float
    after: float

    @property
    def span(self) -> tuple[float, float]:
        """The hour by the wall clock that stands twice or not at all."""
        low, high = sorted((self.at + self.before, self.at + self.after))
        return low, high


@dataclass(frozen=True, slots=True)
class Noted:
    """What was found at a change: ``what`` is twice, first, second, standard or changed; ``index`` the row
    of the array where it begins, ``count`` how many rows it concerns."""

    what: str
    change: Change
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class Placed:
    seconds: Floats
    noted: list[Noted] = field(default_factory=list)


def changes_of(zone: str, low: float, high: float) -> tuple[float, list[Change]]:
    """(offset at ``low``, the changes of the zone's clock between ``low`` and ``high``), seconds."""
    info = ZoneInfo(zone)
    low, high = max(low, FIRST) - 172_800, min(high, LAST) + 172_800

    def offset(at: float) -> float:
        away = datetime.fromtimestamp(at, UTC).astimezone(info).utcoffset() or timedelta()
        return away.total_seconds()

    first = offset(low)
    changes, at, before = [], low, first
    while at < high:
        after = offset(at + 86_400)
        if after != before:
            left, right = at, at + 86_400
            while right - left > 1:
                middle = (left + right) // 2
                left, right = (middle, right) if offset(middle) == before else (left, middle)
            changes.append(Change(right, before, after))
        at, before = at + 86_400, after
    return first, changes


def placed(local: Floats, bare: NDArray[np.bool_], zone: str, choice: str = "") -> Placed:
    """``local`` float64 (n,), NaN where missing, in the order of the file; ``bare`` which carry no offset.
    ``choice``: what a person said of the hour that does not exist (``standard`` or ``changed``)."""
    there = bare & np.isfinite(local)
    if zone in ("", "UTC") or not there.any():
        return Placed(local)
    known = local[there]
    first, changes = changes_of(zone, np.floor(known.min()), np.ceil(known.max()))
    offsets = np.array([first, *(one.after for one in changes)])
    bounds = np.array([one.span[1] for one in changes])
    utc = local - offsets[np.searchsorted(bounds, local, side="right")]
    noted: list[Noted] = []
    rows = np.flatnonzero(there)
    turned = _falls(known)
    order = rows[::-1] if turned else rows
    for change in changes:
        inside = np.flatnonzero((local[order] >= change.span[0]) & (local[order] < change.span[1]))
        if not inside.size:
            continue
        if change.after > change.before:
            noted.append(_skipped(local, order, inside, change, choice))
        else:
            noted += _twice(local, utc, order, inside, change)
    if any(one.what == STANDARD for one in noted):
        still = min(offsets.min(), first)
        utc = np.where(there, local - still, utc)
        noted = [one for one in noted if one.what == STANDARD]
    return Placed(np.where(there, utc, local), noted)


def _falls(values: Floats) -> bool:
    """Whether the file runs from the newest to the oldest."""
    steps = np.diff(values)
    return bool(np.count_nonzero(steps < 0) > 3 * np.count_nonzero(steps > 0))


def _skipped(
    local: Floats, order: NDArray[np.int64], inside: NDArray[np.int64], change: Change, choice: str
) -> Noted:
    last = int(inside[-1])
    hour = change.span[1] - change.span[0]
    goes_on = last + 1 < order.size and local[order[last + 1]] - local[order[last]] < hour
    what = choice or (STANDARD if goes_on else CHANGED)
    return Noted(what, change, int(order[inside[0]]), int(inside.size))


def _twice(
    local: Floats, utc: Floats, order: NDArray[np.int64], inside: NDArray[np.int64], change: Change
) -> list[Noted]:
    """Moves the second pass of each run of rows in the hour, in ``utc``."""
    hour = change.span[1] - change.span[0]
    noted = []
    for run in np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1):
        rows = order[run]
        cut = _second(local, order, run, change.span)
        if cut is None:
            before = local[order[run[0] - 1]] if run[0] else np.nan
            behind = local[order[run[-1] + 1]] if run[-1] + 1 < order.size else np.nan
            near, far = local[rows[0]] - before, behind - local[rows[-1]]
            late = np.isfinite(near) and np.isfinite(far) and near > far + hour / 2
            if late:
                utc[rows] += hour
            noted.append(Noted("second" if late else "first", change, int(rows[0]), int(rows.size)))
            continue
        utc[rows[cut:]] += hour
        noted.append(Noted("twice", change, int(rows[cut]), int(rows.size - cut)))
    return noted


def _second(
    local: Floats, order: NDArray[np.int64], run: NDArray[np.int64], span: tuple[float, float]
) -> int | None:
    """Where in the run the second pass begins: at its largest step back, or at its only equal step where
    equal steps are rare in the table."""
    steps = np.diff(local[order[run]])
    if not steps.size:
        return None
    if steps.min() < 0:
        near = local[order[max(0, run[0] - 2_000) : run[0]]]
        outside = (near < span[0]) | (near >= span[1])
        back = np.diff(near)
        usual = outside[1:] & outside[:-1] & (back > span[0] - span[1])  # longer ones begin another machine
        jitter = -back[usual].min(initial=0.0)
        return int(np.argmin(steps)) + 1 if -steps.min() > jitter else None
    equal = np.flatnonzero(steps == 0)
    ties = int(np.count_nonzero(np.diff(local[order]) == 0)) - 1
    if equal.size == 1 and ties <= TIES * order.size:
        return int(equal[0]) + 1
    return None
