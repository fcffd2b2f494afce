"""Windows as rows of time: one row per span, over all lots and shifts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from mlops_portal.wire import merge
from monitoring.models import Prediction, StatisticPoint, Window
from monitoring.selectors.readings import ERROR

PAST = 260  # spans that a judgement looks back


@dataclass(slots=True)
class Row:
    """The sum of the windows of one span; ``windows`` is {id: n}."""

    starts: datetime
    ends: datetime
    judged: bool = True
    windows: dict[int, int] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    moments: dict[str, list[float]] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    confidence: list[int] = field(default_factory=list)

    def add(self, window: Window) -> None:
        self.ends = max(self.ends, window.ends)
        self.judged = self.judged and window.judged_at is not None
        self.windows[window.pk] = window.n
        self.counts = merge.add_by_feature(self.counts, window.counts)
        self.moments = merge.add_moments_by_feature(self.moments, window.moments)
        self.classes = merge.add_by_key(self.classes, window.classes)
        self.confidence = merge.add_counts(self.confidence, window.confidence)


def unjudged() -> Iterator[tuple[Asset, ModelVersion]]:
    """The assets and versions that have a window to be judged."""
    pairs = Window.objects.filter(judged_at=None).values_list("asset", "version").distinct().order_by()
    return _pairs(list(pairs))


def window_truths() -> Iterator[tuple[Asset, ModelVersion]]:
    """The assets and versions where inspection found something since their errors were last counted."""
    truths = (
        Prediction.objects.filter(truth_source="inspection")
        .values("asset", "version")
        .annotate(last=Max("at"))
        .order_by()
    )
    counted = {
        (one["asset"], one["version"]): one["last"]
        for one in StatisticPoint.objects.filter(feature=ERROR)
        .values("asset", "version")
        .annotate(last=Max("ends"))
        .order_by()
    }
    pairs = [
        (one["asset"], one["version"])
        for one in truths
        if (known := counted.get((one["asset"], one["version"]))) is None or one["last"] > known
    ]
    return _pairs(pairs)


def _pairs(pairs: list[tuple[int, int]]) -> Iterator[tuple[Asset, ModelVersion]]:
    assets = Asset.objects.select_related("line__site").in_bulk({asset for asset, _ in pairs})
    versions = ModelVersion.objects.select_related("model").in_bulk({version for _, version in pairs})
    for asset, version in pairs:
        yield assets[asset], versions[version]


def rows_of(*, asset: Asset, version: ModelVersion) -> list[Row]:
    """The spans to be judged and ``PAST`` before them, oldest first."""
    mine = Window.objects.filter(asset=asset, version=version)
    first = mine.filter(judged_at=None).order_by("starts").values_list("starts", flat=True).first()
    if first is None:
        return []
    starts = mine.filter(starts__lt=first).order_by("-starts").values_list("starts", flat=True).distinct()
    past = list(starts[:PAST])
    rows: dict[datetime, Row] = {}
    for window in mine.filter(starts__gte=past[-1] if past else first).order_by("starts", "pk"):
        rows.setdefault(window.starts, Row(window.starts, window.ends)).add(window)
    return list(rows.values())
