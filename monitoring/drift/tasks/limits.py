"""Limits of versions on lines, worked out when a version is proposed and when what they rest on changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from celery import shared_task
from django.utils import timezone

from mlops_portal.foundation.plant.models import Asset, Line
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.drift.compute import judging
from monitoring.drift.compute.detector import calibration_grid
from monitoring.drift.compute.limit_table import limit_table
from monitoring.drift.compute.references import Reference, Stack
from monitoring.drift.selectors.rows import Row, rows_past
from monitoring.drift.tasks.calibrations import calibrations_ask, grid_of
from monitoring.drift.tasks.statistics import (
    alpha_for,
    moments_of,
    pace,
    per_window,
    tests_of,
)
from monitoring.limits.selectors.budgets import per_week, streams
from monitoring.limits.selectors.limits import limits_due
from monitoring.limits.services import limits_write
from monitoring.models import Window
from monitoring.promises import promise_of

FRESH = timedelta(days=30)
UNKNOWN_SIZE = 100


@shared_task(name="monitoring.limits")
def limits(most: int = 20) -> int:
    """Have the versions calibrated that were not, and work out the limits that are due; how many."""
    calibrations_ask()
    due = limits_due()[:most]
    for version, line in due:
        limits_write(version=version, line=line, body=_body(version, line))
    return len(due)


def _body(version: ModelVersion, line: Line) -> dict[str, Any]:
    """``compute.limit_table`` of the busiest machine of the line, and what it was worked out from."""
    learned = version.reference.get("features", {})
    rows = _rows(version, line)
    alpha = alpha_for(line, version, pace(rows, version))
    typical = int(np.median([row.n for row in rows])) if rows else None
    phis: dict[str, float] = {}
    if rows and learned:
        stack = Stack.of([Reference.of(one) for one in learned.values()])
        last = np.array([len(rows) - 1])
        own = judging.own_phi(moments_of(rows, learned), last, stack)[:, 0]
        phis = {key: float(one) for key, one in zip(learned, own, strict=True)}
    share = per_window(line, version, pace(rows, version))
    grid = grid_of(version)
    table = limit_table(
        learned, alpha=alpha, typical=typical or None, own_phi=phis, calibrated=grid, per_window=share
    )
    return table | {
        "calibrated": _sure(grid, typical or UNKNOWN_SIZE, per_week(line)) if grid else None,
        "promise": promise_of(version),
        "alpha": alpha,
        "per_week": per_week(line),
        "streams": streams(line),
        "tests": tests_of(version),
        "seconds": pace(rows, version),
    }


def _sure(grid: calibration_grid.CalibrationGrid, n: int, promised: float) -> dict[str, Any]:
    """How sure the limits are for windows of about ``n`` parts: false alarms a week of the line for nine of
    ten references as long as this one, and how long it had to be for half to double."""
    calibration = grid.surety(n)
    low, high = calibration.interval(promised)
    return {
        "window": calibration.window,
        "rows": calibration.rows,
        "low": float(f"{low:.3g}"),
        "high": float(f"{high:.3g}"),
        "needs": calibration.rows_needed(),
    }


def _rows(version: ModelVersion, line: Line) -> list[Row]:
    newest = (
        Window.objects.filter(
            version=version, asset__line=line, starts__gte=timezone.now() - FRESH, judged_at__isnull=False
        )
        .order_by("-starts")
        .values_list("asset", flat=True)
        .first()
    )
    return rows_past(asset=Asset.objects.get(pk=newest), version=version) if newest else []
