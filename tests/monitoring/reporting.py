"""Stored windows, and reports of them that a worker made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.test import TestCase
from django.utils import timezone

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.registry.models import Champion
from monitoring.intake.services.telemetry import batch_receive
from monitoring.models import DriftReport
from monitoring.reports.services.reports import drift_report_ask
from tests.monitoring.ground import MINUTE, Floor

PARTS = 120


def run_on(floor: Floor) -> None:
    """Let the version run on press 1."""
    Champion.objects.create(asset=floor.press, version=floor.version, number=1, since=timezone.now())


def send(floor: Floor, *, start: datetime, count: int = 5, shift: float = 0.0) -> None:
    """Windows of ``PARTS`` parts, one a minute from ``start``, judged as workers do."""
    floor.start = start
    windows = [floor.window(minute, n=PARTS, shift=shift) for minute in range(count)]
    with TestCase.captureOnCommitCallbacks(execute=True):
        batch_receive(node=floor.node, body=floor.body(windows=windows))


def send_lately(floor: Floor, **given: Any) -> None:
    send(floor, start=timezone.now().replace(second=0, microsecond=0) - timedelta(hours=3), **given)


def asked(floor: Floor, by: Person, **given: Any) -> DriftReport:
    """A report of press 1 after a worker was at it."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        report, _new = drift_report_ask(by=by, asset=floor.press, version=floor.version, **given)
    report.refresh_from_db()
    return report


def hour_of(start: datetime) -> dict[str, datetime]:
    return {"since": start, "until": start + 60 * MINUTE}
