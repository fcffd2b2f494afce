"""How well a version judges over time: what its confidences let expect beside what inspection saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncHour

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Performance, Prediction, SampledRow
from monitoring.models.prediction import Reason

HOUR, DAY = 3600, 86_400
KEPT = timedelta(days=35)
HOURS_SHOWN = timedelta(days=3)
SHOWN = 400


@dataclass(frozen=True, slots=True)
class Hour:
    asset: int
    version: int
    starts: datetime


def hours_waiting(*, now: datetime, most: int = 400) -> list[Hour]:
    """Hours in which something was judged, or found, since they were counted."""
    recent = Prediction.objects.filter(at__gte=now - KEPT, at__lte=now)
    counted = {
        (one["asset"], one["version"], one["starts"]): one["n"]
        for one in Performance.objects.filter(
            seconds=HOUR, stale=False, starts__gte=now - KEPT - timedelta(hours=1)
        ).values("asset", "version", "starts", "n")
    }
    hours = (
        recent.annotate(starts=TruncHour("at", tzinfo=UTC))
        .values("asset", "version", "starts")
        .annotate(n=Count("pk"))
        .order_by("starts")
    )
    waits = [
        Hour(one["asset"], one["version"], one["starts"])
        for one in hours
        if counted.get((one["asset"], one["version"], one["starts"])) != one["n"]
    ]
    return waits[:most]


def judgements(hour: Hour) -> list[tuple[str, float, str, str]]:
    """(said, confidence, truth, where the truth is from) of every part of an hour."""
    judged = Prediction.objects.filter(
        asset=hour.asset,
        version=hour.version,
        at__gte=hour.starts,
        at__lt=hour.starts + timedelta(seconds=HOUR),
    )
    return list(judged.values_list("label", "confidence", "truth", "truth_source"))


def labelled(hour: Hour) -> list[tuple[str, str, float]]:
    """(said, truth, probability of being sent) of the random share's parts whose truth a person gave."""
    sampled = SampledRow.objects.filter(
        reason=Reason.RANDOM,
        prediction__asset=hour.asset,
        prediction__version=hour.version,
        prediction__at__gte=hour.starts,
        prediction__at__lt=hour.starts + timedelta(seconds=HOUR),
    ).exclude(Q(prediction__truth="") | Q(prediction__truth_source="inspection"))
    return list(sampled.values_list("prediction__label", "prediction__truth", "inclusion_probability"))


def early_truths(version: ModelVersion, *, most: int = 400) -> list[tuple[bool, float]]:
    """(right, confidence) of the first inspected parts of a version: the calibration where training left
    none."""
    judged = (
        Prediction.objects.filter(version=version, truth_source="inspection")
        .exclude(truth="")
        .order_by("at", "pk")
        .annotate(right=Q(label=F("truth")))
    )
    return [(bool(right), sure) for right, sure in judged.values_list("right", "confidence")[:most]]


def hours_of(asset: int, version: int, day: datetime) -> Sequence[Performance]:
    """The counted hours of a day (UTC)."""
    return list(
        Performance.objects.filter(
            asset=asset, version=version, seconds=HOUR, starts__gte=day, starts__lt=day + timedelta(days=1)
        )
    )


def performance_of(
    *,
    version: ModelVersion,
    asset: Asset | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Performance]:
    """By the hour where the span is short, else by the day; oldest first."""
    mine = Performance.objects.filter(version=version).select_related("asset")
    if asset is not None:
        mine = mine.filter(asset=asset)
    if until is not None:
        mine = mine.filter(starts__lte=until)
    first = since or mine.aggregate(first=Min("starts"))["first"]
    if first is None:
        return []
    last = mine.order_by("-starts").first()
    short = last is not None and last.starts - first <= HOURS_SHOWN
    stretches = mine.filter(seconds=HOUR if short else DAY, starts__gte=first - timedelta(seconds=HOUR))
    return list(stretches.order_by("-starts")[:SHOWN])[::-1]
