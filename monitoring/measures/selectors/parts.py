"""What a joint measure is made of: its parts, the steps that they give, and those that wait."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from monitoring.measures.selectors.measures import SETTLED
from monitoring.models import Measure, MeasureValue

AT_ONCE = 2000
LOOKED_FOR = 4  # times the reference's size: so many steps may have gaps
PACED = 200


def parts_of(measure: Measure) -> list[Measure]:
    """In the order of the chart's columns."""
    return list(measure.parts.select_related("line", "asset").order_by("pk"))


def joints_of(measure: Measure) -> QuerySet[Measure]:
    """The joint measures in force that watch it."""
    return Measure.objects.filter(parts=measure, ended_at=None).order_by("pk")


@dataclass(frozen=True, slots=True)
class Steps:
    """``ends``: the end before the first step, and of each step; ``parts``: (seconds, values) of each part in
    them."""

    ends: list[datetime]
    parts: list[tuple[array[float], array[float]]]

    @property
    def seconds(self) -> list[float]:
        return [one.timestamp() for one in self.ends]


def steps_of(parts: Sequence[Measure], ends: list[datetime], *, slack: timedelta) -> Steps:
    """The values of each part in the steps that ``ends`` bounds."""
    columns = []
    for part in parts:
        times, values = array("d"), array("d")
        if len(ends) > 1:
            inside = part.values.filter(at__gt=ends[0] + slack, at__lte=ends[-1] + slack)
            for at, value in inside.order_by("at").values_list("at", "value").iterator():
                times.append(at.timestamp())
                values.append(value)
        columns.append((times, values))
    return Steps(ends, columns)


def began(measure: Measure, parts: Sequence[Measure]) -> datetime | None:
    """From when on every part had values, after the reference's beginning; None before."""
    moments = []
    for part in parts:
        known = part.values.order_by("at")
        if measure.reference_from is not None:
            known = known.filter(at__gte=measure.reference_from)
        first = known.first()
        if first is None:
            return None
        moments.append(first.at)
    return max(moments)


def first_of(parts: Sequence[Measure], since: datetime) -> list[tuple[list[float], list[float]]]:
    """Some first values of each part, enough to tell its pace."""
    columns = []
    for part in parts:
        rows = part.values.filter(at__gte=since).order_by("at").values_list("at", "value")[:PACED]
        columns.append(([at.timestamp() for at, _ in rows], [value for _, value in rows]))
    return columns


def ends_from(part: Measure, since: datetime, count: int) -> list[datetime]:
    """The moments of the first ``count`` values of the part that sets the steps."""
    return list(part.values.filter(at__gte=since).order_by("at").values_list("at", flat=True)[:count])


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where a joint chart goes on: after the value ``before``, or after its reference (None)."""

    after: datetime
    before: MeasureValue | None


def resumed(measure: Measure) -> Resumed:
    """Before the first value that is to be judged again, or after the last one."""
    assert measure.reference_to is not None  # it is fitted
    rows = measure.values.filter(at__gt=measure.reference_to).order_by("at")
    first = rows.filter(on=None).first()
    before = (rows.filter(at__lt=first.at) if first is not None else rows).last()
    return Resumed(before.at if before is not None else measure.reference_to, before)


def ends_after(
    parts: Sequence[Measure], pace: int, after: datetime, *, slack: timedelta, now: datetime
) -> list[datetime]:
    """``after`` and the ends of the complete steps that follow: every part has a value at or after the end,
    or it is so long ago that none is waited for."""
    newest = [part.values.order_by("-at").values_list("at", flat=True).first() for part in parts]
    until = now - SETTLED - slack
    if all(newest):
        until = max(until, min(one for one in newest if one is not None))
    following = parts[pace].values.filter(at__gt=after, at__lte=until).order_by("at")
    return [after, *following.values_list("at", flat=True)[:AT_ONCE]]


def ends_before(part: Measure, until: datetime, count: int) -> list[datetime]:
    """The last ``count`` ends up to ``until``, oldest first."""
    known = part.values.filter(at__lte=until).order_by("-at").values_list("at", flat=True)
    return list(known[:count])[::-1]


def silent(measure: Measure, parts: Sequence[Measure]) -> list[Measure]:
    """Parts without a value in the last steps that were judged, so that the chart stands still."""
    rows = list(measure.values.order_by("-at").values_list("at", flat=True)[:3])
    if len(rows) < 3:
        return []
    slack = timedelta(seconds=measure.fitted.get("steps", {}).get("slack", 0.0))
    return [part for part in parts if not part.values.filter(at__gt=rows[-1] + slack).exists()]


def end_before(measure: Measure, at: datetime) -> datetime:
    """The end of the step before the one that ends at ``at``."""
    assert measure.reference_to is not None  # it is fitted
    before = measure.values.filter(at__gt=measure.reference_to, at__lt=at).order_by("at").last()
    return before.at if before is not None else measure.reference_to
