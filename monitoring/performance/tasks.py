"""Counting how well versions judge, hour by hour and day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
from celery import shared_task
from django.utils import timezone

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Performance
from monitoring.performance.compute import performance as compute
from monitoring.performance.selectors import performance as read
from monitoring.performance.selectors.performance import DAY, HOUR, Hour
from monitoring.performance.services.performance import performance_write

TABLE_LEAST = 200  # truths below which they calibrate nothing


@shared_task(name="monitoring.performance")
def performance() -> int:
    """Count the hours that wait, and their days; how many hours."""
    now = timezone.now()
    with channel("task"):
        hours = read.hours_waiting(now=now)
        by_version: dict[int, list[Hour]] = defaultdict(list)
        for one in hours:
            by_version[one.version].append(one)
        versions = ModelVersion.objects.select_related("model").in_bulk(by_version)
        for pk, mine in by_version.items():
            _count(versions[pk], mine)
    return len(hours)


def _count(version: ModelVersion, hours: list[Hour]) -> None:
    classes = [one["key"] for one in version.model.classes]
    learned = learned_of(version, classes)
    performance_write(rows=[_hour(version, one, classes, learned) for one in hours])
    days = {(one.asset, one.starts.astimezone(UTC).date()) for one in hours}
    performance_write(
        rows=[
            _row(version, asset, datetime(day.year, day.month, day.day, tzinfo=UTC), DAY, learned, tallies)
            for asset, day in sorted(days)
            if (tallies := _added(version, asset, datetime(day.year, day.month, day.day, tzinfo=UTC)))
        ]
    )


def learned_of(version: ModelVersion, classes: list[str]) -> compute.Learned:
    """The calibration that training left, else that of the first inspected parts, else none."""
    k = len(classes)
    defect = np.array([bool(one.get("defect")) for one in version.model.classes], dtype=np.bool_)
    table = version.measures.get("calibration") or {}
    if len(table.get("judged", [])) != compute.BINS:
        early = read.early_truths(version)
        right = np.array([hit for hit, _sure in early], dtype=np.bool_)
        sure = np.array([sure for _hit, sure in early], dtype=np.float64)
        table = compute.reliability(right, sure) if len(early) >= TABLE_LEAST else {}
    empty = [0] * compute.BINS
    confusion = np.asarray(version.measures.get("confusion") or [], dtype=np.float64)
    if confusion.shape != (k, k):
        confusion = np.zeros((k, k))
    return compute.Learned(
        np.asarray(table.get("judged", empty), dtype=np.float64),
        np.asarray(table.get("right", empty), dtype=np.float64),
        confusion,
        defect,
    )


def _hour(version: ModelVersion, hour: Hour, classes: list[str], learned: compute.Learned) -> Performance:
    place = {key: index for index, key in enumerate(classes)}
    judged = read.judgements(hour)
    rows = [row for row in judged if row[0] in place]
    labels = np.array([place[row[0]] for row in rows], dtype=np.int64)
    sure = np.array([row[1] for row in rows], dtype=np.float64)
    k = len(classes)
    inspected, labelled, squares = np.zeros((k, k)), np.zeros((k, k)), 0.0
    for one, _sure, truth, source in rows:
        if source == "inspection" and truth in place:
            inspected[place[truth], place[one]] += 1
    for one, truth, probability in read.labelled(hour):
        if one in place and truth in place:
            labelled[place[truth], place[one]] += 1 / probability
            squares += 1 / probability**2
    tallies = {
        "said": compute.tally(labels, sure, k).tolist(),
        "inspected": inspected.tolist(),
        "labelled": labelled.tolist(),
        "squares": squares,
        "all": len(judged),
    }
    return _row(version, hour.asset, hour.starts, HOUR, learned, tallies)


def _added(version: ModelVersion, asset: int, day: datetime) -> dict[str, Any]:
    hours = [one.tallies for one in read.hours_of(asset, version.pk, day) if one.tallies]
    if not hours:
        return {}
    return {
        "said": np.sum([one["said"] for one in hours], axis=0).tolist(),
        "inspected": np.sum([one["inspected"] for one in hours], axis=0).tolist(),
        "labelled": np.sum([one["labelled"] for one in hours], axis=0).tolist(),
        "squares": sum(one["squares"] for one in hours),
        "all": sum(one["all"] for one in hours),
    }


def _row(
    version: ModelVersion,
    asset: int,
    starts: datetime,
    seconds: int,
    learned: compute.Learned,
    tallies: dict[str, Any],
) -> Performance:
    labels = np.asarray(tallies["said"], dtype=np.float64)
    inspected = np.asarray(tallies["inspected"], dtype=np.float64)
    labelled = np.asarray(tallies["labelled"], dtype=np.float64)
    # inspection chooses by its own plan, answers by ours: the two are not mixed
    source, table, squares = "inspection", inspected, float(inspected.sum())
    if not inspected.sum() and labelled.sum():
        source, table, squares = "label", labelled, float(tallies["squares"])
    total = float(table.sum())
    return Performance(
        asset_id=asset,
        version=version,
        starts=starts,
        seconds=seconds,
        n=int(tallies["all"]),
        truths=round(total * total / squares, 2) if squares else 0.0,
        source=source if total else "",
        expected=compute.expected(labels, learned) or {},
        seen=compute.seen(table, squares, learned.defect) or {},
        tallies=tallies,
        stale=False,
    )
