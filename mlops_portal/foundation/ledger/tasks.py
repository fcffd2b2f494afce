"""Jobs of the ledger."""

from celery import shared_task

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.ledger.services import log_sequence


@shared_task(name="ledger.sequence")
def sequence() -> int:
    """Give waiting events their leaves; safe to run at any time, twice, and side by side."""
    with channel("task"):
        return log_sequence()
