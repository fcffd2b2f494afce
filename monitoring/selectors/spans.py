"""Everything that was counted in any past span of time, from windows and from what they were merged to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from monitoring.models import Rollup, Window


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows as ``rules.packing`` packed them, and their parts; ``since`` to ``until`` is what they cover."""

    n: int
    since: datetime | None
    until: datetime | None
    packed: list[bytes]


def stored_in(*, asset: Asset, version: ModelVersion, since: datetime, until: datetime) -> Stored:
    """All that starts in [since, until): whole windows, hours, days and months, as they are kept."""
    rows: list[tuple[int, datetime, datetime, bytes | memoryview]] = []
    for table in (Window, Rollup):
        found = table._default_manager.filter(
            asset=asset, version=version, starts__gte=since, starts__lt=until
        )
        rows += found.order_by().values_list("n", "starts", "ends", "packed")
    if not rows:
        return Stored(0, None, None, [])
    sizes, starts, ends, packed = zip(*rows, strict=True)
    return Stored(sum(sizes), min(starts), max(ends), [bytes(one) for one in packed])
