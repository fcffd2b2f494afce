"""What the scheduler does for the queue."""

from __future__ import annotations

from celery import shared_task

from labeling.services.leasing import leases_expire
from labeling.services.settling import answers_compare
from labeling.services.zone import zone_requests_add


@shared_task(name="labeling.leases_expire")
def expire() -> int:
    """Leases and questions that ran out."""
    return leases_expire()


@shared_task(name="labeling.answers_compare")
def compare() -> int:
    """Answers beside inspection results."""
    return answers_compare()


@shared_task(name="labeling.zone_ask")
def zone_ask() -> int:
    """Parts that nodes were too unsure to decide."""
    return zone_requests_add()
