"""Calibrating a version once: claimed in the database, written, given back."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.shell.live import changed
from monitoring.drift.selectors.calibrations import LONGEST
from monitoring.models import Calibration


def calibration_claim(*, version: ModelVersion) -> bool:
    """Whether this worker may calibrate the version; False where another one does."""
    now = timezone.now()
    Calibration.objects.get_or_create(version=version)
    free = Calibration.objects.filter(Q(until=None) | Q(until__lt=now), version=version)
    return free.update(until=now + LONGEST) == 1


def calibration_write(*, version: ModelVersion, persistence: int, body: dict[str, Any]) -> None:
    """Keep it; it follows from the version and how its model is watched, so it is no event."""
    Calibration.objects.filter(version=version).update(
        body=body, persistence=persistence, made_at=timezone.now(), until=None
    )
    changed("limits")
