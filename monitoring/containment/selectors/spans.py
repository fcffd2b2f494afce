"""Where a doubt begins, and what one machine judged in its span."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import Champion, RegisteredModel
from monitoring.models import Containment, ContainmentPart, GoldenRound, Prediction
from monitoring.models.containment import Began, ContainmentState
from monitoring.models.golden import RoundState

KNOWN = timedelta(days=30)
LATE = timedelta(days=30)  # telemetry that comes later than this after closing finds nothing open


@dataclass(frozen=True, slots=True)
class Beginning:
    """From when on parts are in doubt, and what that rests on."""

    at: datetime
    rests_on: Began


def last_good_check(asset: Asset, before: datetime) -> datetime | None:
    """When the newest round of golden parts that were all seen right began on the machine."""
    good = GoldenRound.objects.filter(asset=asset, state=RoundState.PASSED, ended_at__lte=before)
    return good.order_by("-begun_at").values_list("begun_at", flat=True).first()


def beginning(
    asset: Asset, *, before: datetime, release: datetime | None = None, alert: datetime | None = None
) -> Beginning:
    """The last good check on the machine; where there is none, when the ``release`` in doubt or the ``alert``
    began, else when what runs there began, else 30 days: a node may tell of earlier parts later."""
    checked = last_good_check(asset, min(before, alert or before))
    if checked is not None and (release is None or checked > release):
        return Beginning(checked, Began.CHECK)
    if alert is not None:
        return Beginning(alert, Began.ALERT)
    if release is not None:
        return Beginning(release, Began.RELEASE)
    running = Champion.objects.filter(asset=asset, since__lt=before).first()
    if running is not None:
        return Beginning(running.since, Began.RELEASE)
    return Beginning(before - KNOWN, Began.FIRST)


def judged_in(containment: Containment) -> QuerySet[Prediction]:
    """What the machine judged in the span, by the release in doubt where it is one."""
    judged = Prediction.objects.filter(asset=containment.asset_id, at__gte=containment.since)
    if containment.until is not None:
        judged = judged.filter(at__lte=containment.until)
    return judged.filter(activation=containment.activation) if containment.activation else judged


def fresh_parts(containment: Containment, most: int, *, after: str = "") -> list[tuple[str, str, str]]:
    """(part, lot, one of its judgements) of parts that have not joined, by their ids, behind ``after``."""
    known = ContainmentPart.objects.filter(containment=containment, part_id=OuterRef("part_id"))
    rows = (
        judged_in(containment)
        .filter(~Exists(known), part_id__gt=after)
        .order_by("part_id")
        .values("part_id")
        .annotate(judgement=Min("pk"), of_lot=Min("lot"))[:most]
    )
    return [(one["part_id"], one["of_lot"], one["judgement"]) for one in rows]


def collectable(now: datetime) -> Iterator[Containment]:
    """Those of whose span more is known than when they were collected last."""
    recent = Q(state=ContainmentState.OPEN) | Q(closed_at__gt=now - LATE)
    for one in Containment.objects.filter(recent, listed=False).select_related("asset__line__site"):
        if judged_in(one).count() != one.judgements:
            yield one


def good_found(containment: Containment) -> Q:
    """Of its parts: those that an inspection found good after the doubt arose, whatever was found before."""
    good = Q(pk__in=())
    for model in RegisteredModel.objects.filter(asset_type=containment.asset.type_id):
        classes = [one["key"] for one in model.classes if not one.get("defect")]
        good |= Q(prediction__version__model=model, prediction__truth__in=classes)
    return good & Q(prediction__truth_source="inspection", prediction__truth_at__gte=containment.opened_at)
