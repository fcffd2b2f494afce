"""Inspection results: those that disagree, and all of one judgement."""

from __future__ import annotations

from django.db.models import QuerySet

from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.selectors.places import lines_for
from monitoring.models import Inspection, Prediction


def contradictions_for(person: Person) -> QuerySet[Prediction]:
    """Parts on the person's lines whose inspections disagree, the newest result first."""
    contradicted = Prediction.objects.filter(
        contradicted=True, asset__line__in=lines_for(person=person, action="alert.view")
    )
    return (
        contradicted.select_related("asset__line", "version__model")
        .prefetch_related("inspections__by")
        .order_by("-truth_at", "pk")
    )


def results_of(prediction: Prediction) -> list[tuple[Inspection, bool]]:
    """Every result by the time of inspection, the newest first, and whether it is the one that counts."""
    inspections = sorted(prediction.inspections.all(), key=lambda one: (one.at, one.pk), reverse=True)
    counts = next(
        (
            one.pk
            for one in inspections
            if (one.truth, one.source, one.at)
            == (prediction.truth, prediction.truth_source, prediction.truth_at)
        ),
        None,
    )
    return [(one, one.pk == counts) for one in inspections]
