"""Everything that was counted in any past span of time, from windows and from what they were merged to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Rollup, Window

WINDOW = "window"
RESOLUTIONS = (WINDOW, "hour", "day", "month")


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of one resolution (a window, hour, day or month), and what they cover."""

    resolution: str
    rows: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows as ``rules.encoding`` encoded them, and their parts; ``kept`` by resolution, the finest first."""

    n: int
    encoded: list[bytes]
    kept: list[Kept]

    @property
    def since(self) -> datetime | None:
        return min((one.since for one in self.kept), default=None)

    @property
    def until(self) -> datetime | None:
        return max((one.until for one in self.kept), default=None)


def within(asset: Asset, version: ModelVersion, since: datetime, until: datetime) -> dict[str, Any]:
    """What starts in [since, until), as a filter of windows and of what they were merged to."""
    return {"asset": asset, "version": version, "starts__gte": since, "starts__lt": until}


def stored_in(*, asset: Asset, version: ModelVersion, since: datetime, until: datetime) -> Stored:
    """All that starts in [since, until): whole windows, hours, days and months, as they are kept."""
    span = within(asset, version, since, until)
    n, encoded = 0, []
    for table in (Window, Rollup):
        # times of thousands of rows would cost more than their counts; the database finds the outermost
        for size, blob in table._default_manager.filter(**span).order_by().values_list("n", "packed"):
            n += size
            encoded.append(bytes(blob))
    return Stored(n, encoded, _kept(span))


def _kept(span: dict[str, Any]) -> list[Kept]:
    of = {"rows": Count("pk"), "since": Min("starts"), "until": Max("ends")}
    merged = Rollup.objects.filter(**span).order_by().values("grain").annotate(**of)
    single = {"grain": WINDOW, **Window.objects.filter(**span).aggregate(**of)}
    covered = [
        Kept(row["grain"], row["rows"], row["since"], row["until"])
        for row in (single, *merged)
        if row["rows"]
    ]
    return sorted(covered, key=lambda one: RESOLUTIONS.index(one.resolution))
