"""Everything that was counted in any past span of time, from windows and from what they were merged to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from mlops_portal.plant.models import Asset
from mlops_portal.registry.models import ModelVersion
from mlops_portal.wire import merge
from monitoring.models import Rollup, Window


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts and moments of ``rows`` stored rows; ``since`` to ``until`` is what they cover."""

    rows: int
    n: int
    since: datetime | None
    until: datetime | None
    counts: dict[str, list[int]]
    moments: dict[str, list[float]]
    classes: dict[str, int]
    confidence: list[int]


def sums_of(*, asset: Asset, version: ModelVersion, since: datetime, until: datetime) -> Sums:
    """The sum of all that starts in [since, until): whole windows, hours, days and months, as kept."""
    fields = ("n", "starts", "ends", "counts", "moments", "classes", "confidence")
    rows: list[tuple[Any, ...]] = []
    for table in (Window, Rollup):
        found = table._default_manager.filter(
            asset=asset, version=version, starts__gte=since, starts__lt=until
        )
        rows += found.order_by().values_list(*fields)
    if not rows:
        return Sums(0, 0, None, None, {}, {}, {}, [])
    sizes, starts, ends, counts, moments, classes, confidence = zip(*rows, strict=True)
    tally: dict[str, int] = {}
    for one in classes:
        tally = merge.add_by_key(tally, one)
    return Sums(
        len(rows),
        sum(sizes),
        min(starts),
        max(ends),
        by_key(counts),
        by_key(moments),
        tally,
        columns([one for one in confidence if one]),
    )


def by_key(rows: Iterable[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """The sums of many rows, reading by reading."""
    found: dict[str, list[list[Any]]] = {}
    for key, one in chain.from_iterable(row.items() for row in rows):
        found.setdefault(key, []).append(one)
    return {key: columns(lists) for key, lists in found.items()}


def columns(lists: Sequence[Sequence[Any]]) -> list[Any]:
    """The sums of lists of one length, place by place; ValueError where they differ."""
    return [sum(column) for column in zip(*lists, strict=True)]
