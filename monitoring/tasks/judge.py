"""Judging windows as they come."""

from __future__ import annotations

from celery import shared_task

from mlops_portal.ledger.channel import channel
from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from monitoring.models import StatisticPoint
from monitoring.selectors.rows import Row, rows_of, unjudged, window_truths
from monitoring.services.alerts import alerts_wake
from monitoring.services.judging import alert_consider, points_write
from monitoring.tasks.statistics import error_point, judged


@shared_task(name="monitoring.judge")
def judge() -> int:
    """Judge every window that was not, raise what is to be raised; how many windows."""
    done = 0
    with channel("task"):
        for asset, version in unjudged():
            done += _judge(asset, version)
        for asset, version in window_truths():
            _judge_errors(asset, version)
    return done


def _judge(asset: Asset, version: ModelVersion) -> int:
    rows = rows_of(asset=asset, version=version)
    wanted = [index for index, row in enumerate(rows) if not row.judged]
    if not wanted:
        return 0
    points = [
        StatisticPoint(
            asset=asset,
            version=version,
            starts=rows[one.index].starts,
            ends=rows[one.index].ends,
            feature=key,
            statistic=one.statistic,
            n=one.n,
            value=one.value,
            limit=one.limit,
            shift=one.shift,
        )
        for key, one in judged(rows, wanted, version)
    ]
    points_write(points=points, windows=_sizes(rows, wanted))
    alert_consider(asset=asset, version=version, since=rows[wanted[0]].starts)
    return len(wanted)


def _sizes(rows: list[Row], wanted: list[int]) -> dict[int, int]:
    return {pk: n for index in wanted for pk, n in rows[index].windows.items()}


def _judge_errors(asset: Asset, version: ModelVersion) -> None:
    point = error_point(asset, version)
    if point is not None:
        points_write(points=[point], windows={})
        alert_consider(asset=asset, version=version, since=point.starts)


@shared_task(name="monitoring.wake")
def wake() -> int:
    """Open the alerts whose rest is over."""
    with channel("task"):
        return alerts_wake()
