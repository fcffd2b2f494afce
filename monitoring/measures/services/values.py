"""Values of a measure, as they come: late, twice, in any order.

- The moment makes a value: the same again changes nothing, another number at the same moment corrects it.
- A batch is taken whole or not at all.
- Joint measures are judged anew from the first value on that came or was corrected.
- Values are telemetry, so they leave no event; the alert that follows from them does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.errors import MeasureEnded, ValueUnfit
from monitoring.measures.rules.points import Given, problem_of
from monitoring.measures.selectors.parts import joints_of
from monitoring.models import Measure, MeasureValue

MOST = 5000
AHEAD = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many values were new, the same as before, and corrected."""

    new: int
    same: int
    corrected: int


def values_record(
    *,
    by: Person,
    measure: Measure,
    values: Sequence[tuple[datetime, float | Given]],
    now: datetime | None = None,
) -> Recorded:
    """Take a batch of (moment, value), or of points where the chart takes them (``rules.points``). ValueUnfit
    says which one does not fit, MeasureEnded."""
    guard(by, "measure.record", line=measure.line)
    if measure.ended_at is not None:
        raise MeasureEnded(_("The measure “%(key)s” was ended; add it again first.") % {"key": measure.key})
    if measure.joint:
        raise ValueUnfit(_("The values of a joint measure follow from its parts; send theirs."))
    return values_put(measure=measure, values=_checked(measure, values, now or timezone.now()))


def _checked(
    measure: Measure, values: Sequence[tuple[datetime, float | Given]], now: datetime
) -> dict[datetime, Given]:
    if len(values) > MOST:
        raise ValueUnfit(_("Send at most %(most)d values at a time.") % {"most": MOST})
    by_moment: dict[datetime, Given] = {}
    for place, (at, value) in enumerate(values, start=1):
        given = value if isinstance(value, Given) else Given(value)
        if timezone.is_naive(at):
            raise ValueUnfit(_("The moment of value %(place)d has no time zone.") % {"place": place})
        if problem := problem_of(measure.chart, given):
            raise ValueUnfit(
                _("Value %(place)d does not fit: %(problem)s.") % {"place": place, "problem": problem}
            )
        if at > now + AHEAD:
            raise ValueUnfit(
                _("Value %(place)d is from the future; look at the clock of what sends it.")
                % {"place": place}
            )
        if at < EARLIEST:
            raise ValueUnfit(
                _("Value %(place)d is from before 2000; look at the clock of what sends it.")
                % {"place": place}
            )
        if by_moment.setdefault(at, given) != given:
            raise ValueUnfit(
                _("Value %(place)d has the moment of another one, and another number.") % {"place": place}
            )
    return by_moment


def values_put(*, measure: Measure, values: dict[datetime, Given]) -> Recorded:
    """Merge values that were checked; wakes the worker that judges them."""
    if not values:
        return Recorded(0, 0, 0)
    with transaction.atomic():
        there = measure.values.filter(at__gte=min(values), at__lte=max(values))
        known = {
            at: Given(value, size, spread)
            for at, value, size, spread in there.values_list("at", "value", "size", "spread")
        }
        fresh = {at: value for at, value in values.items() if known.get(at) != value}
        received = timezone.now()
        MeasureValue.objects.bulk_create(
            [
                MeasureValue(measure=measure, at=at, received_at=received, **one._asdict())
                for at, one in fresh.items()
            ],
            update_conflicts=True,
            unique_fields=["measure", "at"],
            update_fields=["value", "size", "spread", "received_at", "up", "down", "on", "carried"],
            batch_size=500,
        )
        if fresh:
            enqueue("monitoring.measures", measure_id=measure.pk)
            changed(f"measure:{measure.pk}")
            _joints_stale(measure, min(fresh))
    corrected = sum(at in known for at in fresh)
    return Recorded(len(fresh) - corrected, len(values) - len(fresh), corrected)


def _joints_stale(measure: Measure, since: datetime) -> None:
    """Let joint measures judge again from ``since`` on; their rows are locked against who judges just now."""
    for joint in joints_of(measure).select_for_update():
        slack = timedelta(seconds=joint.fitted.get("steps", {}).get("slack", 0.0))
        judged = joint.values.filter(at__gte=since - slack, on__isnull=False)
        judged.update(up=None, down=None, on=None)
        enqueue("monitoring.measures", measure_id=joint.pk)
