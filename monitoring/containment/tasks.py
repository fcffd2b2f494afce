"""Parts in doubt join by themselves."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from mlops_portal.foundation.ledger.channel import channel
from monitoring.containment.selectors.spans import collectable
from monitoring.containment.services.collecting import containment_collect
from monitoring.models import Containment


@shared_task(name="monitoring.containment_collect")
def collect(containment_id: int) -> int:
    """Let the parts of one join, soon after it was opened or changed."""
    with channel("task"):
        one = Containment.objects.select_related("asset__line__site").filter(pk=containment_id).first()
        return containment_collect(containment=one) if one is not None and not one.listed else 0


@shared_task(name="monitoring.containments")
def sweep() -> int:
    """Late parts, and those of a cause that goes on, join."""
    with channel("task"):
        return sum(containment_collect(containment=one) for one in collectable(timezone.now()))
