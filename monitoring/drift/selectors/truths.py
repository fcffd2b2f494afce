"""How often a model was wrong, from what inspection found later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from mlops_portal.foundation.plant.models import Asset
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Prediction
from monitoring.rules.wilson import wilson


@dataclass(frozen=True, slots=True)
class Truths:
    """Inspected parts and how many of them were judged wrong; ``low`` to ``high`` is Wilson's 95 %."""

    n: int
    wrong: int
    low: float
    high: float


def truths(*, asset: Asset, version: ModelVersion, since: datetime, until: datetime | None = None) -> Truths:
    """What inspection found of the parts judged from ``since`` on."""
    mine = Prediction.objects.filter(asset=asset, version=version, at__gte=since, truth_source="inspection")
    if until is not None:
        mine = mine.filter(at__lt=until)
    counted = mine.aggregate(n=Count("pk"), wrong=Count("pk", filter=~Q(label=F("truth"))))
    return Truths(
        counted["n"], counted["wrong"], *wilson(counted["wrong"] / max(counted["n"], 1), counted["n"])
    )


def expected_error(version: ModelVersion, confidences: Sequence[float]) -> float:
    """The share of errors that the version promised: of its holdout, else of its own confidence."""
    accuracy = version.measures.get("holdout", {}).get("accuracy")
    if isinstance(accuracy, dict):
        accuracy = accuracy.get("value")
    if isinstance(accuracy, int | float):
        return max(0.0, 1.0 - float(accuracy))
    return 1.0 - sum(confidences) / len(confidences) if confidences else 0.0
