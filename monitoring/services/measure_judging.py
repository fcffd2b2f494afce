"""Writing what a measure's chart said, and raising the alert that follows.

- Two keys: the chart is out of its limit, and the step since is as large as the tolerance.
- One alert for one happening: while it is open, later values only bring its numbers up to date; once
  resolved it stays quiet until the chart came back, for a day at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.ledger.refs import SYSTEM
from mlops_portal.plant.roles import Role
from mlops_portal.plant.selectors.people import people_with
from mlops_portal.shell.live import changed
from mlops_portal.shell.notifications import notify
from monitoring.models import Alert, Measure, MeasureValue
from monitoring.models.alert import AlertKind
from monitoring.models.measure import MeasureKind
from monitoring.services.alerts import alert_told
from monitoring.transitions import UNRESOLVED, AlertState

QUIET = timedelta(hours=24)
KINDS = {
    MeasureKind.PROCESS: AlertKind.PROCESS_DRIFT,
    MeasureKind.BUSINESS: AlertKind.BUSINESS,
    MeasureKind.MODEL: AlertKind.MODEL_DRIFT,
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure that left its reference: since when, how far of its limit, and the step."""

    since: datetime
    ratio: float
    shift: float

    def stored(self, measure: Measure) -> dict[str, Any]:
        return {
            "statistic": measure.chart,
            "value": round(self.ratio, 6),
            "limit": 1.0,
            "shift": float(f"{self.shift:.6g}"),
            "first": self.since.isoformat(),
        }


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
        current = dict(
            measure.values.filter(at__gte=values[0].at, at__lte=values[-1].at).values_list("pk", "value")
        )
        same = [one for one in values if current.get(one.pk) == one.value]
        MeasureValue.objects.bulk_update(same, ["up", "down", "on"], batch_size=300)
        changed(f"measure:{measure.pk}", "measures")


def measure_alert_consider(*, measure: Measure, moved: Moved, now: datetime | None = None) -> Alert | None:
    """Open an alert, bring the one that is open up to date, or stay quiet (None)."""
    if measure.tolerance is not None and abs(moved.shift) < measure.tolerance:
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
        ended = mine.filter(state=AlertState.RESOLVED, resolved_at__gte=max(moved.since, moment - QUIET))
        if ended.exists():
            return None
        try:
            with transaction.atomic():
                return _open(measure, moved, moment)
        except IntegrityError:  # another worker opened it at this moment
            return mine.filter(state__in=UNRESOLVED).first()


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
