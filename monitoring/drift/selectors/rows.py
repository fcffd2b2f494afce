"""Windows as rows of time: one row per span, over all lots, recipes and shifts of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from mlops_portal.foundation.wire import merge
from monitoring.limits.rules.spans import AGAIN, Piece
from monitoring.models import Inspection, Window

PAST = 260  # spans that a judgement looks back
M = TypeVar("M", bound=Model)


@dataclass(slots=True)
class Row:
    """The sum of the windows of one span (``rules.spans``); ``windows`` is {id: n}."""

    starts: datetime
    ends: datetime
    n: int = 0
    judged: bool = True
    windows: dict[int, int] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    moments: dict[str, list[float]] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    confidence: list[int] = field(default_factory=list)

    def add(self, window: Window) -> None:
        self.ends = max(self.ends, window.ends)
        self.n += window.n
        self.judged = self.judged and window.judged_at is not None
        self.windows[window.pk] = window.n
        self.counts = merge.add_by_feature(self.counts, window.counts)
        self.moments = merge.add_moments_by_feature(self.moments, window.moments)
        self.classes = merge.add_by_key(self.classes, window.classes)
        self.confidence = merge.add_counts(self.confidence, window.confidence)


Shard = tuple[int, int]  # model and line


def unjudged(shard: Shard | None = None) -> Iterator[tuple[Asset, ModelVersion]]:
    """The assets and versions that have a window to be judged; of one shard, or all."""
    waiting = Window.objects.filter(judged_at=None)
    pairs = _of(waiting, shard).values_list("asset", "version").distinct().order_by()
    return _pairs(list(pairs))


def shards() -> list[Shard]:
    """The models and lines that have something to be judged."""
    windows = Window.objects.filter(judged_at=None).values_list("version__model", "asset__line").distinct()
    truths = {(version.model_id, asset.line_id) for asset, version in window_truths()}
    return sorted({*windows.order_by(), *truths})


def _of(rows: QuerySet[M], shard: Shard | None) -> QuerySet[M]:
    return rows if shard is None else rows.filter(version__model=shard[0], asset__line=shard[1])


def window_truths(shard: Shard | None = None) -> Iterator[tuple[Asset, ModelVersion]]:
    """The assets and versions of which inspection told something that their errors do not count yet, however
    long ago the parts were made."""
    waits = Inspection.objects.filter(source="inspection", charted_at=None)
    if shard is not None:
        waits = waits.filter(prediction__version__model=shard[0], prediction__asset__line=shard[1])
    pairs = waits.order_by().values_list("prediction__asset", "prediction__version").distinct()
    return _pairs(list(pairs))


def uncharted(asset: Asset, version: ModelVersion) -> list[int]:
    """The inspections that the errors of a version on an asset do not count yet."""
    waits = Inspection.objects.filter(source="inspection", charted_at=None)
    return list(
        waits.filter(prediction__asset=asset, prediction__version=version).values_list("pk", flat=True)
    )


def _pairs(pairs: list[tuple[int, int]]) -> Iterator[tuple[Asset, ModelVersion]]:
    assets = Asset.objects.select_related("line__site").in_bulk({asset for asset, _ in pairs})
    versions = ModelVersion.objects.select_related("model").in_bulk({version for _, version in pairs})
    for asset, version in pairs:
        yield assets[asset], versions[version]


def pieces_of(*, asset: Asset, version: ModelVersion) -> list[Piece]:
    """The windows that belong to no span yet, and of the others as many as ``rules.spans`` needs."""
    mine = Window.objects.filter(asset=asset, version=version)
    loose = mine.filter(span=None)
    first = loose.order_by("starts").values_list("starts", flat=True).first()
    if first is None:
        return []
    spans = mine.filter(span__lte=first).order_by("-span").values_list("span", flat=True)
    since = min(first - AGAIN, spans.first() or first)
    near = Q(span=None) | Q(starts__gte=since)
    return [
        Piece(*one)
        for one in mine.filter(near).order_by("starts", "pk").values_list("pk", "starts", "n", "lot", "span")
    ]


def rows_of(*, asset: Asset, version: ModelVersion) -> list[Row]:
    """The spans to be judged and ``PAST`` before them, oldest first."""
    mine = Window.objects.filter(asset=asset, version=version, span__isnull=False)
    first = mine.filter(judged_at=None).order_by("span").values_list("span", flat=True).first()
    if first is None:
        return []
    return _rows(mine, mine.filter(span__lt=first), first)


def rows_past(*, asset: Asset, version: ModelVersion) -> list[Row]:
    """The newest ``PAST`` spans, oldest first."""
    mine = Window.objects.filter(asset=asset, version=version, span__isnull=False)
    return _rows(mine, mine, None)


def _rows(mine: QuerySet[Window], past: QuerySet[Window], first: datetime | None) -> list[Row]:
    spans = list(past.order_by("-span").values_list("span", flat=True).distinct()[:PAST])
    earliest = spans[-1] if spans else first
    rows: dict[datetime, Row] = {}
    for window in mine.filter(span__gte=earliest).order_by("span", "starts", "pk") if earliest else ():
        assert window.span is not None
        rows.setdefault(window.span, Row(window.span, window.ends)).add(window)
    return list(rows.values())
