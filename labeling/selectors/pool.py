"""The pool: sampled parts that nobody was asked about and nobody has inspected; and those beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from labeling.models import LabelRequest
from labeling.transitions import RequestState
from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.registry.models import ModelVersion
from monitoring.models import Alert, SampledRow
from monitoring.models.prediction import Reason

MOST = 100_000
KNOWN = 500


@dataclass(frozen=True, slots=True)
class Pool:
    """Primary keys of the rows, their readings in the order of ``features``, their lots, and how many parts
    each stands for: one over the probability with which its node sent it."""

    rows: list[int]
    readings: list[list[float | None]]
    lots: list[str]
    stands: list[float]


def pool_rows(*, version: ModelVersion, line: Line, alert: Alert | None) -> QuerySet[SampledRow]:
    """Newest first: of the alert's machine since it began, else of the line's machines of that model."""
    asked = LabelRequest.objects.filter(row=OuterRef("pk")).exclude(state=RequestState.EXPIRED)
    return _in_question(version, line, alert).filter(~Exists(asked)).order_by("-prediction__at")


def asked_anyway(*, version: ModelVersion, line: Line, alert: Alert | None) -> dict[UUID, float]:
    """Questions about parts that would be in the pool, had the model or its node not asked about them for
    certain, and which no draw by chance has hit yet; and how many parts each of their rows stands for."""
    certain = LabelRequest.objects.filter(row__in=_in_question(version, line, alert).values("pk"))
    certain = certain.exclude(state=RequestState.EXPIRED).select_related("row").order_by("asked_at", "pk")
    return {one.pk: 1.0 / one.row.inclusion_probability for one in certain if not one.by_chance}


def _in_question(version: ModelVersion, line: Line, alert: Alert | None) -> QuerySet[SampledRow]:
    sampled = SampledRow.objects.filter(
        prediction__asset__line=line,
        prediction__version__model=version.model,
        prediction__truth="",
    ).exclude(reason=Reason.GOLDEN)
    if alert is None:
        return sampled
    return sampled.filter(prediction__asset=alert.asset, prediction__at__gte=alert.since)


def pool_read(rows: QuerySet[SampledRow], *, features: list[str], most: int = MOST) -> Pool:
    """The pool's readings; a reading that is no number is missing."""
    keys: list[int] = []
    readings: list[list[float | None]] = []
    lots: list[str] = []
    stands: list[float] = []
    sampled: Any = rows.values_list("pk", "readings", "prediction__lot", "inclusion_probability")[:most]
    for key, values, lot, sent in sampled.iterator(chunk_size=2000):
        keys.append(key)
        readings.append([_number(values.get(feature)) for feature in features])
        lots.append(lot)
        stands.append(1.0 / sent)
    return Pool(keys, readings, lots, stands)


def known_read(*, version: ModelVersion, line: Line, features: list[str]) -> list[list[float | None]]:
    """The readings of the ``KNOWN`` parts of the line that people were asked about last."""
    asked = LabelRequest.objects.filter(line=line, version__model=version.model).exclude(
        state=RequestState.EXPIRED
    )
    last = asked.order_by("-asked_at", "-pk").values_list("row__readings", flat=True)[:KNOWN]
    return [[_number(values.get(feature)) for feature in features] for values in last]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
