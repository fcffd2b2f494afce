"""Calibrated limits of versions: worked out once, read by whoever judges."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import numpy as np
from celery import shared_task
from numpy.typing import NDArray

from mlops_portal.foundation.registry.models import Artifact, ModelVersion
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.drift.compute.detector import calibration_grid, dependence, process, spacing
from monitoring.drift.selectors.calibrations import calibration_of, calibrations_due, seconds_a_part
from monitoring.drift.services.calibrations import calibration_claim, calibration_write
from monitoring.limits.selectors.budgets import watch_of
from monitoring.models import Calibration

KEPT = 8  # versions that a worker keeps in mind


def grid_of(version: ModelVersion) -> calibration_grid.CalibrationGrid | None:
    """The version's grid; None until it was worked out, or where no reading varied."""
    row = calibration_of(version)
    if row is None or row.made_at is None:
        return None
    return _restored(row.pk, row.made_at)


@lru_cache(KEPT)
def _restored(pk: int, _made_at: datetime) -> calibration_grid.CalibrationGrid | None:
    body = Calibration.objects.values_list("body", flat=True).get(pk=pk)
    return calibration_grid.CalibrationGrid.restored(body) if body.get("rungs") else None


def calibrations_ask() -> int:
    """Hand the versions that are to be calibrated to a worker; how many."""
    due = calibrations_due()
    for version in due:
        enqueue("monitoring.calibrate", version_id=version.pk)
    return len(due)


@shared_task(name="monitoring.calibrate")
def calibrate(version_id: int) -> bool:
    """Work out the grid of a version; False where another worker is at it."""
    version = ModelVersion.objects.select_related("model").get(pk=version_id)
    if not calibration_claim(version=version):
        return False
    persistence = watch_of(version.model).persistence
    features = version.reference.get("features", {})
    keys = dependence.varying(features)
    body = {}
    if keys:
        hanging = version.reference.get("dependence", {})
        rows = _rows(version, [list(features).index(key) for key in keys])
        body = calibration_grid.calibrated(
            keys,
            dependence.process_of(features, hanging, keys)
            if rows is None
            else process.fit(rows, discrete=process.discrete_of(rows)),
            rng=np.random.default_rng(version.pk),
            correlation=dependence.correlation_of(features, hanging, keys),
            persist=persistence,
            lag_parts=spacing.parts_a_row(version.reference.get("spacing", {}), seconds_a_part(version)),
            rows=rows,
        ).stored()
    calibration_write(version=version, persistence=persistence, body=body)
    return True


def _rows(version: ModelVersion, places: list[int]) -> NDArray[np.float64] | None:
    """The rows of one machine that it learned from, in the order of time; None where they were not kept, or
    one of its readings did not vary there."""
    kept = Artifact.objects.filter(pk=version.reference.get("rows", "")).first()
    if kept is None:
        return None
    rows = dependence.unpacked(artifact_read(kept))[:, places]
    return rows if (np.ptp(rows, axis=0) > 0).all() else None
