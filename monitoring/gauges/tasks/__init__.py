"""Computing studies of measuring systems."""

from __future__ import annotations

import numpy as np
from celery import shared_task

from mlops_portal.foundation.ledger.channel import channel
from monitoring.gauges.compute import studies
from monitoring.gauges.services.studies import gauge_study_told
from monitoring.models import GaugeStudy
from monitoring.models.gauge import GaugeKind, GaugeState


@shared_task(name="monitoring.gauge")
def gauge(study_id: int) -> bool:
    """Compute one study that was recorded; False where that was done before."""
    with channel("task"):
        study = GaugeStudy.objects.filter(pk=study_id, state=GaugeState.COMPUTING).first()
        if study is None:
            return False
        try:
            result = _computed(study)
        except studies.Unfit as error:
            return gauge_study_told(study=study, result={}, problem=error.reason)
        return gauge_study_told(study=study, result=result)


def _computed(study: GaugeStudy) -> dict[str, object]:
    values = np.array([value for _part, _person, value in study.rows], dtype=np.float64)
    if study.kind == GaugeKind.TYPE_1:
        return studies.type_one(
            values,
            reference=study.reference or 0.0,
            tolerance=study.tolerance or 0.0,
            resolution=study.resolution,
        )
    parts = list(dict.fromkeys(part for part, _person, _value in study.rows))
    people = list(dict.fromkeys(person for _part, person, _value in study.rows))
    trials = values.size // (len(parts) * len(people))
    table = np.empty((len(parts), len(people), trials))
    seen: dict[tuple[str, str], int] = {}
    for part, person, value in study.rows:
        trial = seen.get((part, person), 0)
        table[parts.index(part), people.index(person), trial] = value
        seen[part, person] = trial + 1
    return studies.crossed(table, tolerance=study.tolerance)
