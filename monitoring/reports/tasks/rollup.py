"""Merging what is old."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from mlops_portal.foundation.ledger.channel import channel
from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire.errors import Invalid
from monitoring.intake.services.sketches import sketches_forget
from monitoring.models import Rollup, Window
from monitoring.reports.services.reports import drift_reports_drop
from monitoring.reports.services.rollup import windows_roll_up

log = structlog.get_logger(__name__)


@shared_task(name="monitoring.rollup")
def rollup() -> int:
    """Merge old windows of every machine and version to hours, days and months; how many rows went.

    Old drift reports and the names of old sketches go as well.
    """
    pairs = {
        pair
        for table in (Window, Rollup)
        for pair in table._default_manager.values_list("asset", "version").distinct().order_by()
    }
    assets = Asset.objects.select_related("line").in_bulk({asset for asset, _ in pairs})
    versions = ModelVersion.objects.select_related("model").in_bulk({version for _, version in pairs})
    gone = 0
    with channel("task"):
        for asset, version in sorted(pairs):
            try:
                gone += windows_roll_up(asset=assets[asset], version=versions[version])
            except Invalid as error:  # a count would leave 53 bits: the fine windows stay as they are
                log.warning("windows_not_merged", asset=str(assets[asset]), error=error.sentence)
    drift_reports_drop()
    sketches_forget(now=timezone.now())
    return gone
