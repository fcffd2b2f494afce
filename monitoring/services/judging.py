"""Writing what was judged, and raising alerts from it.

- Two keys: a statistic is over its limit, and the mean moved by at least the reading's tolerance.
- Persistence: both hold in two windows after one another.
- One alert per happening: while a machine has an open alert, readings that move later join it.
- Hysteresis: what was resolved stays quiet until it came back below 70 % of its limit, for a day at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from mlops_portal.ledger.refs import SYSTEM
from mlops_portal.plant.models import Asset
from mlops_portal.plant.roles import Role
from mlops_portal.plant.selectors.people import people_with
from mlops_portal.registry.models import ModelVersion
from mlops_portal.shell.live import changed
from mlops_portal.shell.notifications import notify
from monitoring.models import Alert, StatisticPoint, Window
from monitoring.models.alert import AlertKind
from monitoring.selectors.readings import ReadingWords
from monitoring.services.alerts import alert_told
from monitoring.transitions import UNRESOLVED, AlertState

RETURNED = 0.7
QUIET = timedelta(hours=24)
LOOK_BACK = timedelta(hours=4)  # a window before a longer pause is no neighbour
Tolerances = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Moved:
    """A reading that was out in two windows after one another."""

    key: str
    statistic: str
    value: float
    limit: float
    shift: float | None
    first: datetime

    def stored(self) -> dict[str, Any]:
        return {
            "statistic": self.statistic,
            "value": round(self.value, 6),
            "limit": round(self.limit, 6),
            "shift": None if self.shift is None else round(self.shift, 6),
            "first": self.first.isoformat(),
        }


def points_write(*, points: Iterable[StatisticPoint], windows: Mapping[int, int]) -> None:
    """Write points (again where they were judged before) and mark the windows {id: n} as judged.

    A window that grew since it was read stays unjudged.
    """
    now = timezone.now()
    rows = list(points)
    with transaction.atomic():
        StatisticPoint.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["asset", "version", "feature", "statistic", "starts"],
            update_fields=["ends", "n", "value", "limit", "shift"],
            batch_size=500,
        )
        for pk, n in windows.items():
            Window.objects.filter(pk=pk, n=n).update(judged_at=now)
        if rows:
            changed(f"judged:{rows[0].asset.slug}")


def out(point: StatisticPoint, tolerances: Tolerances) -> bool:
    """Both keys: over the limit, and by enough to matter."""
    if point.value <= point.limit:
        return False
    tolerance = tolerances.get(point.feature)
    return tolerance is None or point.shift is None or abs(point.shift) >= tolerance


def moved(points: Iterable[StatisticPoint], tol: Tolerances) -> dict[datetime, list[Moved]]:
    """By the later of two windows: the readings that are out in both, each with its strongest statistic."""
    by_reading: dict[str, dict[datetime, list[StatisticPoint]]] = {}
    for point in points:
        by_reading.setdefault(point.feature, {}).setdefault(point.starts, []).append(point)
    found: dict[datetime, list[Moved]] = {}
    for key, windows in by_reading.items():
        starts = sorted(windows)
        worst = {at: _worst([one for one in windows[at] if out(one, tol)]) for at in starts}
        for earlier, later in pairwise(starts):
            one = worst[later]
            if one is not None and worst[earlier] is not None:
                found.setdefault(later, []).append(
                    Moved(key, one.statistic, one.value, one.limit, one.shift, earlier)
                )
    return found


def _worst(points: list[StatisticPoint]) -> StatisticPoint | None:
    return max(points, key=_ratio, default=None)


def _ratio(point: StatisticPoint) -> float:
    return point.value / point.limit if point.limit else point.value


def alert_consider(*, asset: Asset, version: ModelVersion, since: datetime) -> Alert | None:
    """Look at the windows from ``since`` on, each with the one before it; open an alert, or let readings
    join the one that is open."""
    tolerances = dict(version.model.features.values_list("key", "tolerance"))
    mine = StatisticPoint.objects.filter(asset=asset, version=version)
    before = mine.filter(starts__lt=since).values("feature").annotate(last=Max("starts")).order_by()
    earliest = min((one["last"] for one in before), default=since)
    found = moved(mine.filter(starts__gte=max(earliest, since - LOOK_BACK)), tolerances)
    alert = None
    for at in sorted(found):
        if at >= since:
            alert = _raise_or_join(asset, version, found[at], tolerances) or alert
    return alert


def _raise_or_join(
    asset: Asset, version: ModelVersion, found: list[Moved], tolerances: Tolerances
) -> Alert | None:
    with transaction.atomic():
        alert = _open_alert(asset)
        if alert is not None:
            return _join(alert, found)
        quiet = _quiet(asset, version)
        found = [one for one in found if one.key not in quiet]
        if not found:
            return None
        try:
            with transaction.atomic():
                return _open(asset, version, found, tolerances)
        except IntegrityError:  # another worker opened it at this moment
            alert = _open_alert(asset)
            return _join(alert, found) if alert else None


def _open_alert(asset: Asset) -> Alert | None:
    open_ones = Alert.objects.select_for_update(of=("self",)).filter(
        asset=asset, measure=None, state__in=UNRESOLVED
    )
    return open_ones.select_related("asset__line__site", "version__model").order_by("kind").first()


def _join(alert: Alert, found: list[Moved]) -> Alert:
    new = [one for one in found if one.key not in alert.features]
    for one in found:
        first = alert.features.get(one.key, {}).get("first")
        alert.features[one.key] = one.stored() | ({"first": first} if first else {})
    alert.save(update_fields=["features"])
    words = ReadingWords(alert.judged_by.model)
    for one in new:
        alert_told(alert, SYSTEM, "monitoring.alert.joined", reading=words.name(one.key), feature=one.key)
    return alert


def _quiet(asset: Asset, version: ModelVersion) -> set[str]:
    """Readings of a resolved alert that have not come back yet."""
    last = Alert.objects.filter(
        asset=asset, version=version, state=AlertState.RESOLVED, resolved_at__gte=timezone.now() - QUIET
    )
    found: set[str] = set()
    for alert in last:
        points = StatisticPoint.objects.filter(
            asset=asset, version=version, feature__in=alert.features, starts__gte=alert.resolved_at
        )
        worst: dict[tuple[str, datetime], float] = {}
        for point in points:
            key = (point.feature, point.starts)
            worst[key] = max(worst.get(key, 0.0), _ratio(point))
        back = {feature for (feature, _starts), ratio in worst.items() if ratio < RETURNED}
        found |= set(alert.features) - back
    return found


def _open(asset: Asset, version: ModelVersion, found: list[Moved], tolerances: Tolerances) -> Alert:
    def weight(one: Moved) -> tuple[bool, float]:
        tolerance = tolerances.get(one.key)
        if tolerance and one.shift is not None:
            return True, abs(one.shift) / tolerance
        return False, one.value / one.limit if one.limit else one.value

    first = max(found, key=weight)
    model_only = all(one.key.startswith(":") for one in found)
    alert = Alert.objects.create(
        asset=asset,
        version=version,
        kind=AlertKind.MODEL_DRIFT if model_only else AlertKind.DATA_DRIFT,
        feature=first.key,
        features={one.key: one.stored() for one in found},
        since=min(one.first for one in found),
        opened_at=timezone.now(),
    )
    reading = ReadingWords(version.model).name(first.key)
    alert_told(alert, SYSTEM, "monitoring.alert.opened", reading=reading, feature=first.key)
    notify(
        to=people_with(role=Role.DOMAIN_EXPERT, line=asset.line),
        kind="alert.opened",
        message=gettext_noop("{reading} on {asset} left what the model learned"),
        url=reverse("alert", args=[alert.pk]),
        reading=reading,
        asset=asset.name,
    )
    return alert
