"""Writing how well a version judged in an hour and on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from mlops_portal.foundation.shell.live import changed
from monitoring.models import Performance, Prediction

HOUR = 3600


def performance_write(*, rows: Sequence[Performance]) -> None:
    """Write rows, again where they were counted before."""
    if not rows:
        return
    Performance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["asset", "version", "seconds", "starts"],
        update_fields=["n", "truths", "source", "expected", "seen", "tallies", "stale"],
        batch_size=200,
    )
    changed("performance")


def performance_stale(*, judgements: Iterable[Prediction]) -> None:
    """Something was found of these parts: their hours are counted again, however long ago they were."""
    hours: dict[tuple[int, int], set[datetime]] = {}
    for one in judgements:
        at = one.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        hours.setdefault((one.asset_id, one.version_id), set()).add(at)
    for (asset, version), starts in hours.items():
        Performance.objects.filter(asset=asset, version=version, seconds=HOUR, starts__in=starts).update(
            stale=True
        )
