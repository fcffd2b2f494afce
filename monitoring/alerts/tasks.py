"""Alerts whose rest is over."""

from __future__ import annotations

from celery import shared_task

from mlops_portal.foundation.ledger.channel import channel
from monitoring.alerts.services import alerts_wake


@shared_task(name="monitoring.wake")
def wake() -> int:
    """Open the alerts whose rest is over."""
    with channel("task"):
        return alerts_wake()
