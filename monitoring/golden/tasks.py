"""Golden parts become due, late and heard of by themselves."""

from __future__ import annotations

from celery import shared_task

from mlops_portal.foundation.ledger.channel import channel
from monitoring.golden.services.rounds import rounds_due, rounds_hear, rounds_late


@shared_task(name="monitoring.golden_rounds")
def golden_rounds() -> int:
    """How many became due."""
    with channel("task"):
        rounds_hear()
        made = rounds_due()
        rounds_late()
        return made
