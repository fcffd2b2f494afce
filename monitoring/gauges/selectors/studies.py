"""Studies of measuring systems as a person may see them, and what the newest says of a measure."""

from __future__ import annotations

from django.db.models import QuerySet

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from monitoring.models import GaugeStudy, Measure
from monitoring.models.gauge import GaugeKind, GaugeState


def studies_for(*, person: Person) -> QuerySet[GaugeStudy]:
    """Those of measures on the person's lines, newest first."""
    mine = GaugeStudy.objects.filter(measure__line__in=lines_for(person=person, action="measure.view"))
    return mine.select_related("measure__line__site", "measure__asset", "by")


def newest_told(measure: Measure) -> GaugeStudy | None:
    """The newest study over parts (type 2 or 3): what one part alone says is not enough."""
    told = measure.gauge_studies.filter(state=GaugeState.TOLD).exclude(kind=GaugeKind.TYPE_1)
    return told.order_by("-at", "-pk").first()
