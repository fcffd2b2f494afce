"""What people could not tell, and why: where a line needs a better picture or sensor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from labeling.models import Label
from labeling.transitions import Answer, CantTellWhy
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import lines_for

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Unclear:
    """How often somebody said so of a machine's parts in the last 30 days."""

    asset: str
    reason: str
    count: int


def unclear_lately(*, person: Person, now: datetime) -> list[Unclear]:
    """On the lines where the person settles, most often first; answers without a reason are left out."""
    said = (
        Label.objects.filter(answer=Answer.CANT_TELL, undone_at=None, at__gte=now - LATELY)
        .filter(request__line__in=lines_for(person=person, action="label.settle"))
        .exclude(reason="")
        .order_by()
        .values_list("request__row__prediction__asset__name", "reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "request__row__prediction__asset__name", "reason")
    )
    return [Unclear(asset, str(CantTellWhy(reason).label), count) for asset, reason, count in said]
