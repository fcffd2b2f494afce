"""What an alert's page draws: statistics over time, and both distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.wire import merge
from monitoring.models import Alert, ProcessChange, StatisticPoint, Window
from monitoring.readings import CLASSES, CONFIDENCE
from monitoring.transitions import UNRESOLVED

BEFORE = timedelta(hours=12)
POINTS = 240
WINDOWS_READ = 400


def points_of(alert: Alert, feature: str, statistic: str) -> list[StatisticPoint]:
    """The statistic's newest points from 12 hours before the alert's beginning, oldest first."""
    points = StatisticPoint.objects.filter(
        asset=alert.asset,
        version=alert.version,
        feature=feature,
        statistic=statistic,
        starts__gte=alert.since - BEFORE,
    )
    if alert.resolved_at:
        points = points.filter(starts__lte=alert.resolved_at + timedelta(hours=1))
    return list(points.order_by("-starts")[:POINTS])[::-1]


def windows_in_alarm(alert: Alert) -> tuple[int, int]:
    """(windows in which a reading of the alert is over its limit, windows judged) since it began."""
    points = StatisticPoint.objects.filter(
        asset=alert.asset, version=alert.version, feature__in=list(alert.features), starts__gte=alert.since
    )
    if alert.resolved_at:
        points = points.filter(starts__lte=alert.resolved_at)
    whole = points.aggregate(
        out=Count("starts", distinct=True, filter=Q(value__gt=F("limit"))),
        judged=Count("starts", distinct=True),
    )
    return whole["out"], whole["judged"]


def changes_of(alert: Alert) -> list[ProcessChange]:
    """Recorded changes on the machine around the alert, oldest first."""
    return list(
        ProcessChange.objects.filter(asset=alert.asset, at__gte=alert.since - BEFORE)
        .select_related("by")
        .order_by("at")[:60]
    )


@dataclass(frozen=True, slots=True)
class Now:
    """Everything that the machine's windows since the alert's beginning say of one reading."""

    counts: list[int]
    moments: list[float]
    n: int

    @property
    def missing(self) -> float:
        return self.counts[-1] / sum(self.counts) if sum(self.counts) else 0.0


def windows_since(alert: Alert) -> list[dict[str, Any]]:
    """The machine's newest windows since the alert's beginning."""
    windows = Window.objects.filter(version=alert.version, asset=alert.asset, starts__gte=alert.since)
    if alert.resolved_at:
        windows = windows.filter(starts__lte=alert.resolved_at)
    rows = windows.order_by("-starts").values("counts", "moments", "classes", "confidence")
    return [dict(row) for row in rows[:WINDOWS_READ]]


def now_of(alert: Alert, feature: str, windows: Sequence[dict[str, Any]]) -> Now:
    """The sum of the windows; of the model's answers and confidence as of readings, with no missing."""
    names = [one["key"] for one in alert.judged_by.model.classes]
    counts: list[int] = []
    moments: list[float] = []
    for one in windows:
        if feature == CLASSES:
            here = [*(one["classes"].get(name, 0) for name in names), 0]
        elif feature == CONFIDENCE:
            here = [*one["confidence"], 0]
        else:
            here = one["counts"].get(feature, [])
        counts = merge.add_counts(counts, here)
        moments = merge.add_moments(moments, one["moments"].get(feature, []))
    return Now(counts, moments, sum(counts[:-1]))


def first_lots(asset_id: int, since: datetime) -> list[tuple[datetime, str]]:
    """When each lot was first seen on a machine, from the windows: (time, lot), oldest first."""
    seen: dict[str, datetime] = {}
    for starts, lot in (
        Window.objects.filter(asset=asset_id, starts__gte=since)
        .order_by("starts")
        .values_list("starts", "lot")[:WINDOWS_READ]
    ):
        if lot:
            seen.setdefault(lot, starts)
    return sorted((at, lot) for lot, at in seen.items())[1:]  # the first was there before


def alerts_open(*, asset: Asset | None = None) -> QuerySet[Alert]:
    """Every alert that is not resolved, for the apps that pull."""
    unresolved = Alert.objects.filter(state__in=UNRESOLVED).select_related(
        "asset__line", "measure__line", "version__model"
    )
    return unresolved.filter(asset=asset) if asset is not None else unresolved
