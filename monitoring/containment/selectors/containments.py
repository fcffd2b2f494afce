"""Parts in doubt as a person may see them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet, Sum

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from monitoring.containment.selectors.spans import good_found
from monitoring.models import Containment, ContainmentLot, ContainmentPart
from monitoring.models.containment import ContainmentState

VIEW = "containment.view"


def containments_for(person: Person, *, action: str = VIEW) -> QuerySet[Containment]:
    """On the person's lines, the open ones first, then the newest."""
    lines = lines_for(person=person, action=action)
    return (
        Containment.objects.filter(asset__line__in=lines)
        .select_related("asset__line__site", "asset__type", "opened_by", "closed_by")
        .order_by("-state", "-opened_at", "-pk")
    )


def open_on(lines: Collection[int], *, since: datetime | None = None) -> list[Containment]:
    """Open ones on these lines (primary keys), those opened after ``since`` alone where that is given."""
    rows = Containment.objects.filter(state=ContainmentState.OPEN, asset__line__in=lines)
    if since is not None:
        rows = rows.filter(opened_at__gt=since)
    return list(rows.select_related("asset__line").order_by("pk"))


def lots_to_pull(person: Person) -> QuerySet[ContainmentLot]:
    """Lots that nobody has looked for yet, on the lines where the person may pull parts."""
    lines = lines_for(person=person, action="containment.pull")
    return (
        ContainmentLot.objects.filter(
            containment__state=ContainmentState.OPEN, containment__asset__line__in=lines, pulled=None
        )
        .exclude(waiting=0)
        .select_related("containment__asset__line")
        .order_by("containment", "lot")
    )


def lots_of(containment: Containment) -> QuerySet[ContainmentLot]:
    return containment.lots.select_related("pulled_by")


def parts_of(containment: Containment, lot: str | None = None) -> QuerySet[ContainmentPart]:
    """Its parts with what was found and signed, those of one lot where one is named."""
    rows = containment.rows.select_related(
        "prediction__version__model", "prediction__asset", "disposition__by"
    )
    return rows if lot is None else rows.filter(lot=lot)


def reinspected(containment: Containment, lot: str | None = None) -> int:
    """Waiting parts that were found good since the doubt arose."""
    rows = containment.rows.filter(good_found(containment), disposition=None)
    return (rows if lot is None else rows.filter(lot=lot)).count()


def missing(containment: Containment) -> int:
    """Parts that somebody looked for and did not find."""
    looked = containment.lots.exclude(pulled=None).aggregate(parts=Sum("parts"), pulled=Sum("pulled"))
    return int((looked["parts"] or 0) - (looked["pulled"] or 0))
