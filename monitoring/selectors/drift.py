"""What an alert's page draws: statistics over time, both distributions, and where the drift comes from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mlops_portal.wire import merge
from monitoring.models import Alert, ProcessChange, StatisticPoint, Window

BEFORE = timedelta(hours=12)
POINTS = 240
GROUPS_SHOWN = 5
WINDOWS_READ = 400
HALF = 0.5


def points_of(alert: Alert, feature: str, statistic: str) -> list[StatisticPoint]:
    """The statistic's newest points from 12 hours before the alert's beginning, oldest first."""
    found = StatisticPoint.objects.filter(
        asset=alert.asset,
        version=alert.version,
        feature=feature,
        statistic=statistic,
        starts__gte=alert.since - BEFORE,
    )
    if alert.resolved_at:
        found = found.filter(starts__lte=alert.resolved_at + timedelta(hours=1))
    return list(found.order_by("-starts")[:POINTS])[::-1]


def changes_of(alert: Alert) -> list[ProcessChange]:
    """Recorded changes on the machine around the alert, oldest first."""
    return list(
        ProcessChange.objects.filter(asset=alert.asset, at__gte=alert.since - BEFORE)
        .select_related("by")
        .order_by("at")[:60]
    )


@dataclass(slots=True)
class Group:
    """What one lot on one machine in one shift adds to the drift; ``share`` of the whole, may be negative."""

    asset: str
    lot: str
    shift: str
    here: bool
    counts: list[int] = field(default_factory=list)
    share: float = 0.0
    others: int = 0

    @property
    def n(self) -> int:
        return sum(self.counts[:-1])


@dataclass(slots=True)
class Now:
    """Everything that windows since the alert's beginning say of one reading."""

    groups: list[Group]
    counts: list[int]
    moments: list[float]
    n: int

    @property
    def missing(self) -> float:
        return self.counts[-1] / sum(self.counts) if sum(self.counts) else 0.0


def windows_since(alert: Alert) -> list[dict[str, Any]]:
    """The newest windows since the alert's beginning on all machines with the same version."""
    found = Window.objects.filter(version=alert.version, starts__gte=alert.since)
    if alert.resolved_at:
        found = found.filter(starts__lte=alert.resolved_at)
    rows = found.order_by("-starts").values(
        "asset_id", "asset__name", "lot", "shift", "starts", "counts", "moments"
    )
    return [dict(row) for row in rows[:WINDOWS_READ]]


def now_of(alert: Alert, feature: str, windows: Sequence[dict[str, Any]]) -> Now:
    """Sum the windows by machine, lot and shift, and divide the drift among them."""
    groups: dict[tuple[int, str, str], Group] = {}
    here: list[int] = []
    moments: list[float] = []
    for one in windows:
        counts = one["counts"].get(feature)
        if not counts:
            continue
        key = (one["asset_id"], one["lot"], one["shift"])
        mine = one["asset_id"] == alert.asset_id
        group = groups.setdefault(key, Group(one["asset__name"], one["lot"], one["shift"], mine))
        group.counts = merge.add_counts(group.counts, counts)
        if mine:
            here = merge.add_counts(here, counts)
            moments = merge.add_moments(moments, one["moments"].get(feature, []))
    reference = alert.judged_by.reference.get("features", {}).get(feature, {}).get("counts", [])
    found = list(groups.values())
    if reference and found:
        divide(found, reference)
    return Now(sorted(found, key=lambda one: -one.share), here, moments, sum(here[:-1]))


def divide(groups: Sequence[Group], reference: Sequence[int]) -> float:
    """Give each group its share of the PSI of all of them together; returns that PSI.

    PSI = Σ_b (q_b - p_b) ln(q_b / p_b) and q is the mixture of the groups, so what they add,
    w_g Σ_b (q_gb - p_b) ln(q_b / p_b), sums to it exactly. Half a part in every bin keeps logarithms finite.
    """
    bins = len(reference) - 1
    p = _shares([float(one) for one in reference[:bins]])
    total = [float(sum(group.counts[b] for group in groups)) for b in range(bins)]
    q = _shares(total)
    whole = sum((q[b] - p[b]) * math.log(q[b] / p[b]) for b in range(bins))
    parts = sum(total) + HALF * bins
    for group in groups:
        weight = (group.n + HALF * bins * group.n / max(1.0, sum(total))) / parts
        own = [
            (group.counts[b] + HALF * group.n / max(1.0, sum(total))) / (parts * weight) if weight else 0.0
            for b in range(bins)
        ]
        adds = sum(weight * (own[b] - p[b]) * math.log(q[b] / p[b]) for b in range(bins))
        group.share = adds / whole if whole > 1e-12 else 0.0
    return whole


def _shares(counts: list[float]) -> list[float]:
    total = sum(counts) + HALF * len(counts)
    return [(one + HALF) / total for one in counts]


def gathered(groups: Sequence[Group]) -> list[Group]:
    """The largest groups, and the rest of them as one."""
    shown = list(groups[:GROUPS_SHOWN])
    rest = groups[GROUPS_SHOWN:]
    if rest:
        shown.append(Group("", "", "", False, share=sum(one.share for one in rest), others=len(rest)))
    return shown


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
