"""Writing what a measure's chart said, and raising the alert that follows.

- Two keys: the chart is out of its limit, and the step since is as large as the tolerance. Of a joint measure
  one of its parts moved by its own, or the part that carries the signal has none.
- One alert for one happening: while it is open, later values only bring its numbers up to date; once
  resolved it stays quiet until the chart came back, for a day at most. A joint measure stays quiet as well
  where the part that carries the signal has an alert of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.plant.roles import Role
from mlops_portal.foundation.plant.selectors.people import people_with
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.notices.notifications import notify
from monitoring.alert_events import alert_told
from monitoring.measures.selectors.parts import Steps, steps_of
from monitoring.models import Alert, Measure, MeasureValue
from monitoring.models.alert import AlertKind
from monitoring.models.measure import MeasureKind
from monitoring.transitions import UNRESOLVED, AlertState

QUIET = timedelta(hours=24)
KINDS = {
    MeasureKind.PROCESS: AlertKind.PROCESS_DRIFT,
    MeasureKind.BUSINESS: AlertKind.BUSINESS,
    MeasureKind.MODEL: AlertKind.MODEL_DRIFT,
}


@dataclass(frozen=True, slots=True)
class PartMoved:
    """A part of a joint measure: the share of the signal that is gone without it, and its step, in its
    unit."""

    key: str
    share: float
    shift: float

    def stored(self) -> dict[str, Any]:
        return {"key": self.key, "share": round(self.share, 4), "shift": float(f"{self.shift:.6g}")}


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure that left its reference: since when, how far of its limit, and the step; of a joint one its
    parts, that which carries most of the signal first; of a control chart the ``signal``: a run rule's key or
    "spread", empty where the level is out."""

    since: datetime
    ratio: float
    shift: float
    parts: tuple[PartMoved, ...] = ()
    signal: str = ""

    def stored(self, measure: Measure) -> dict[str, Any]:
        parts = {"parts": [one.stored() for one in self.parts]} if self.parts else {}
        signal = {"signal": self.signal} if self.signal else {}
        return (
            parts
            | signal
            | {
                "statistic": measure.chart,
                "value": round(self.ratio, 6),
                "limit": 1.0,
                "shift": float(f"{self.shift:.6g}"),
                "first": self.since.isoformat(),
            }
        )


def measure_fitted(*, measure: Measure, fitted: dict[str, Any], begins: datetime, ends: datetime) -> bool:
    """Freeze the reference; False where somebody was first or let it learn anew meanwhile."""
    mine = Measure.objects.filter(pk=measure.pk, fitted={}, reference_from=measure.reference_from)
    done = mine.update(fitted=fitted, reference_from=begins, reference_to=ends, problem="") == 1
    if done:
        measure.fitted, measure.reference_from, measure.reference_to = fitted, begins, ends
        changed(f"measure:{measure.pk}")
    return done


def measure_unfit(*, measure: Measure, problem: str) -> None:
    """Say why there is no chart yet."""
    if Measure.objects.filter(pk=measure.pk).exclude(problem=problem).update(problem=problem):
        changed(f"measure:{measure.pk}")


def values_judged(*, measure: Measure, values: Sequence[MeasureValue]) -> None:
    """Write the statistics; a value that was corrected meanwhile stays to be judged."""
    with transaction.atomic():
        span = measure.values.filter(at__gte=values[0].at, at__lte=values[-1].at)
        current = {pk: tuple(rest) for pk, *rest in span.values_list("pk", "value", "size", "spread")}
        same = [one for one in values if current.get(one.pk) == (one.value, one.size, one.spread)]
        MeasureValue.objects.bulk_update(same, ["up", "down", "on", "carried"], batch_size=300)
        changed(f"measure:{measure.pk}", "measures")


def joint_judged(
    *, measure: Measure, parts: Sequence[Measure], steps: Steps, values: Sequence[MeasureValue]
) -> bool:
    """Write what a joint chart said of ``steps``; False where a part's value came or was corrected
    meanwhile."""
    slack = timedelta(seconds=measure.fitted["steps"]["slack"])
    with transaction.atomic():
        mine = Measure.objects.select_for_update().filter(pk=measure.pk, ended_at=None).first()
        if mine is None or mine.fitted != measure.fitted:
            return False
        if steps_of(parts, steps.ends, slack=slack) != steps:
            return False
        measure.values.filter(at__gt=steps.ends[0], at__lte=steps.ends[-1]).exclude(
            at__in=[one.at for one in values]
        ).delete()
        MeasureValue.objects.bulk_create(
            values,
            update_conflicts=True,
            unique_fields=["measure", "at"],
            update_fields=["value", "received_at", "up", "down", "on", "carried"],
            batch_size=300,
        )
        changed(f"measure:{measure.pk}", "measures")
    return True


def measure_alert_consider(*, measure: Measure, moved: Moved, now: datetime | None = None) -> Alert | None:
    """Open an alert, bring the one that is open up to date, or stay quiet (None)."""
    if not _matters(measure, moved):
        return None
    moment = now or timezone.now()
    with transaction.atomic():
        mine = Alert.objects.filter(measure=measure)
        alert = mine.filter(state__in=UNRESOLVED).first()
        if alert is not None:
            first = alert.features.get(measure.key, {}).get("first")
            stored = moved.stored(measure)
            alert.features[measure.key] = stored | ({"first": first} if first else {})
            alert.save(update_fields=["features"])
            return alert
        ended = Q(state=AlertState.RESOLVED, resolved_at__gte=max(moved.since, moment - QUIET))
        if mine.filter(ended).exists():
            return None
        if moved.parts:
            leading = Alert.objects.filter(measure__joints=measure, measure__key=moved.parts[0].key)
            if leading.filter(ended | Q(state__in=UNRESOLVED)).exists():
                return None
        try:
            with transaction.atomic():
                return _open(measure, moved, moment)
        except IntegrityError:  # another worker opened it at this moment
            return mine.filter(state__in=UNRESOLVED).first()


def _matters(measure: Measure, moved: Moved) -> bool:
    if moved.signal == "spread":  # a step that matters is one of the level
        return True
    if not moved.parts:
        return measure.tolerance is None or abs(moved.shift) >= measure.tolerance
    tolerances = dict(measure.parts.values_list("key", "tolerance"))
    if tolerances[moved.parts[0].key] is None:
        return True
    given = ((one, tolerances[one.key]) for one in moved.parts)
    return any(least is not None and abs(one.shift) >= least for one, least in given)


def _open(measure: Measure, moved: Moved, now: datetime) -> Alert:
    alert = Alert.objects.create(
        asset=measure.asset,
        measure=measure,
        kind=KINDS[MeasureKind(measure.kind)],
        feature=measure.key,
        features={measure.key: moved.stored(measure)},
        since=moved.since,
        opened_at=now,
    )
    alert_told(alert, SYSTEM, "monitoring.measure.moved", measure=str(measure), place=measure.place)
    notify(
        to=people_with(role=Role.DOMAIN_EXPERT, line=measure.line),
        kind="alert.opened",
        message=gettext_noop("{measure} on {place} left its reference"),
        url=reverse("alert", args=[alert.pk]),
        measure=str(measure),
        place=measure.place,
    )
    return alert
