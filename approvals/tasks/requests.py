"""What ends approval requests by itself."""

from celery import shared_task

from approvals.services.requests import requests_check
from mlops_portal.foundation.ledger.channel import channel


@shared_task(name="approvals.check")
def check() -> int:
    """Expire requests whose time ran out, and void those that rest on something that changed."""
    with channel("task"):
        return requests_check()
