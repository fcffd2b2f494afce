"""Judging windows as they come; workers share the work by model and line."""

from __future__ import annotations

from celery import shared_task

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.drift.selectors.drift import alerts_open
from monitoring.drift.selectors.fresh_parts import two_sample_due
from monitoring.drift.selectors.rows import (
    Row,
    rows_of,
    shards,
    uncharted,
    unjudged,
    window_truths,
)
from monitoring.drift.services.judging import (
    alert_consider,
    inspections_charted,
    points_write,
    spans_assign,
)
from monitoring.drift.services.shards import shard_claim, shard_release
from monitoring.drift.tasks.statistics import error_point, judged
from monitoring.models import StatisticPoint


@shared_task(name="monitoring.judge")
def judge() -> int:
    """Hand every model and line that has something to be judged to a worker; how many."""
    waiting = shards()
    for model_id, line_id in waiting:
        enqueue("monitoring.judge_shard", model_id=model_id, line_id=line_id)
    return len(waiting)


@shared_task(name="monitoring.judge_shard")
def judge_shard(model_id: int, line_id: int) -> int:
    """Judge every window of a model on a line that was not, raise what is to be raised; how many windows.

    0 where another worker is at it; what comes meanwhile is found by the next round.
    """
    claim = shard_claim(model_id=model_id, line_id=line_id)
    if claim is None:
        return 0
    done, shard = 0, (model_id, line_id)
    try:
        with channel("task"):
            for asset, version in unjudged(shard):
                done += _judge(asset, version)
            for asset, version in window_truths(shard):
                _judge_errors(asset, version)
    finally:
        shard_release(claim)
    return done


def _judge(asset: Asset, version: ModelVersion) -> int:
    spans_assign(asset=asset, version=version)
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
        for key, one in judged(rows, wanted, asset, version)
    ]
    points_write(points=points, windows=_sizes(rows, wanted))
    alert_consider(asset=asset, version=version, since=rows[wanted[0]].starts)
    for alert in alerts_open(asset=asset):
        enqueue("monitoring.contrast", alert_id=alert.pk)
        if two_sample_due(alert):
            enqueue("monitoring.together", alert_id=alert.pk)
    return len(wanted)


def _sizes(rows: list[Row], wanted: list[int]) -> dict[int, int]:
    return {pk: n for index in wanted for pk, n in rows[index].windows.items()}


def _judge_errors(asset: Asset, version: ModelVersion) -> None:
    charted = uncharted(asset, version)
    point = error_point(asset, version)
    if point is not None:
        points_write(points=[point], windows={})
        alert_consider(asset=asset, version=version, since=point.starts)
    inspections_charted(told=charted)
