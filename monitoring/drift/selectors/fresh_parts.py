"""The parts of an alert's machine that were sent by chance: those before it began, and fresh ones.

Fresh parts came after the windows that raised the alert. What raised it is far out because it was picked for
being so, and says nothing of how far out parts are now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from mlops_portal.foundation.registry.models import Dataset
from monitoring.models import Alert, SampledRow
from monitoring.models.prediction import Reason

AGAIN, SOONER = timedelta(minutes=10), timedelta(minutes=2)  # sooner while parts are lacking
BEFORE = timedelta(days=14)
MOST = 4000


@dataclass(frozen=True, slots=True)
class Part:
    """When it was judged, and its readings by key."""

    at: datetime
    readings: dict[str, float | None]


def two_sample_due(alert: Alert, *, now: datetime | None = None) -> bool:
    """Whether fresh parts are to be compared: not yet, or not lately."""
    if alert.version_id is None or alert.known_until is None or alert.resolved_at is not None:
        return False
    made = alert.together.get("made_at")
    rest = AGAIN if "classifier" in alert.together else SOONER
    return not made or (now or timezone.now()) - datetime.fromisoformat(made) >= rest


def fresh_parts(alert: Alert) -> list[Part]:
    """Parts after the windows that raised the alert, until it was resolved; the newest, oldest first."""
    return _parts(alert, alert.known_until or alert.since, alert.resolved_at)


def parts_before(alert: Alert) -> list[Part]:
    """The machine's parts under the same version in the fortnight before the alert began."""
    return _parts(alert, alert.since - BEFORE, alert.since)


def _parts(alert: Alert, since: datetime, until: datetime | None) -> list[Part]:
    sampled = SampledRow.objects.filter(
        reason=Reason.RANDOM,
        prediction__asset=alert.asset,
        prediction__version=alert.version,
        prediction__at__gte=since,
    )
    if until is not None:
        sampled = sampled.filter(prediction__at__lt=until)
    rows = sampled.order_by("-prediction__at").values_list("prediction__at", "readings")[:MOST]
    return [Part(at, readings) for at, readings in rows][::-1]


def learned_table(alert: Alert) -> Dataset | None:
    """The table of past parts that was there when the alert's version was made."""
    version = alert.judged_by
    tables = version.model.datasets.select_related("artifact")
    return tables.filter(added_at__lte=version.created_at).first()
