"""Jobs of releases; each finds its work in tables, so each may run twice, late, or side by side."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone
from structlog import get_logger

from edge_sync.errors import KeyUnreadable, NoCeremony
from edge_sync.keys.repository import repository
from edge_sync.services.releases import releases_claim, releases_publish
from mlops_portal.foundation.ledger.channel import channel

log = get_logger(__name__)


@shared_task(name="edge_sync.publish")
def publish() -> int:
    """Take up approvals whose decision lies under a checkpoint, and publish what is due."""
    with channel("task"):
        releases_claim()
        try:
            return releases_publish()
        except (NoCeremony, KeyUnreadable) as error:
            log.warning("nothing_published", why=error.sentence)
            return 0


@shared_task(name="edge_sync.refresh")
def refresh() -> list[str]:
    """Renew timestamp, snapshot and line roles before they expire."""
    try:
        return repository().refresh(timezone.now())
    except (NoCeremony, KeyUnreadable) as error:
        log.warning("nothing_refreshed", why=error.sentence)
        return []
