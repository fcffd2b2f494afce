"""Measures as a person may see them, and what their charts need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from monitoring.limits.selectors import budgets
from monitoring.models import Measure, MeasureValue, ProcessChange

WEEK = timedelta(days=7)
SETTLED = timedelta(minutes=2)  # a window that ended this long ago gets no more rows, as a rule
AT_ONCE = 5000
LOOKED_BACK = 1000
SHOWN = 2000


def measures_for(*, person: Person, action: str = "measure.view") -> QuerySet[Measure]:
    """The measures on the person's lines, those in force first."""
    return (
        Measure.objects.filter(line__in=lines_for(person=person, action=action))
        .select_related("line__site", "asset__line", "created_by")
        .prefetch_related("parts")
        .order_by("line__order", "kind", "key", "pk")
    )


def measures_in_force(pk: int | None = None) -> QuerySet[Measure]:
    in_force = Measure.objects.filter(ended_at=None).select_related("line__site", "asset__line")
    return in_force.filter(pk=pk) if pk is not None else in_force


def per_week(measure: Measure) -> float:
    """False alarms of this measure in a week."""
    return measure.share * budgets.per_week(measure.line)


def reference_values(measure: Measure) -> list[MeasureValue]:
    """The first ``reference_size`` values from the reference's beginning, oldest first."""
    values = measure.values.order_by("at")
    if measure.reference_from is not None:
        values = values.filter(at__gte=measure.reference_from)
    return list(values[: measure.reference_size])


@dataclass(frozen=True, slots=True)
class Waiting:
    """Values to be judged, oldest first, with what the chart knew before them."""

    values: list[MeasureValue]
    before: MeasureValue | None
    lead: list[MeasureValue]


def waiting(measure: Measure, lags: int) -> Waiting:
    """From the first value after the reference that was not judged; ``lags`` values lead in."""
    after = measure.values.filter(at__gt=measure.reference_to).order_by("at")
    first = after.filter(on=None).first()
    if first is None:
        return Waiting([], None, [])
    before = after.filter(at__lt=first.at).last()
    known = measure.values.filter(at__lt=first.at)
    if measure.reference_from is not None:
        known = known.filter(at__gte=measure.reference_from)
    lead = list(known.order_by("-at")[:lags])[::-1]
    return Waiting(list(after.filter(at__gte=first.at)[:AT_ONCE]), before, lead)


def out_lately(measure: Measure, *, since: datetime) -> list[MeasureValue]:
    """The values up to the newest one that was out since then, oldest first; none where none was."""
    judged = measure.values.filter(on__isnull=False, at__gt=measure.reference_to)
    last = judged.filter(on=True, at__gte=since).order_by("-at").first()
    if last is None:
        return []
    return list(judged.filter(at__lte=last.at).order_by("-at")[:LOOKED_BACK])[::-1]


def series(measure: Measure, *, since: datetime | None, until: datetime | None = None) -> list[MeasureValue]:
    """The newest values of a span, oldest first."""
    values = measure.values.order_by("-at")
    if since is not None:
        values = values.filter(at__gte=since)
    if until is not None:
        values = values.filter(at__lte=until)
    return list(values[:SHOWN])[::-1]


def changes_at(measure: Measure, *, since: datetime, until: datetime) -> list[ProcessChange]:
    """Recorded changes on the measure's machine, or on all machines of its line."""
    where: dict[str, Any] = {"asset": measure.asset} if measure.asset else {"asset__line": measure.line}
    changes = ProcessChange.objects.filter(**where, at__gte=since, at__lte=until).select_related(
        "asset", "by"
    )
    return list(changes.order_by("at")[:60])


def median_gap(values: Sequence[MeasureValue]) -> timedelta | None:
    """The usual time between two values; None below two of them."""
    gaps = sorted(later.at - earlier.at for earlier, later in pairwise(values))
    return gaps[len(gaps) // 2] if gaps else None
