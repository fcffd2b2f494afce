"""All readings of an alert's parts together: from sampled rows to ``Alert.together``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from celery import shared_task
from django.utils import timezone

from mlops_portal.foundation.registry.compute import datasets
from mlops_portal.foundation.registry.errors import ArtifactDamaged
from mlops_portal.foundation.registry.selectors import features_of
from mlops_portal.foundation.registry.services import artifact_read
from mlops_portal.foundation.wire.errors import Invalid
from monitoring.drift.compute.multivariate.blocks import TooFewRows
from monitoring.drift.compute.multivariate.compare import MOST, Rows, compare
from monitoring.drift.selectors.fresh_parts import (
    Part,
    fresh_parts,
    learned_table,
    parts_before,
    two_sample_due,
)
from monitoring.drift.services.evidence import alert_two_sample_write
from monitoring.models import Alert

OWN_LEAST, FRESH_LEAST = 100, 20


@shared_task(name="monitoring.together")
def together(alert_id: int) -> bool:
    """Compare an alert's fresh parts with those before; False where that is not due."""
    alert = Alert.objects.select_related("asset", "version__model").filter(pk=alert_id).first()
    if alert is None or not two_sample_due(alert):
        return False
    alert_two_sample_write(
        alert=alert, together=_compared(alert) | {"made_at": timezone.now().isoformat(timespec="seconds")}
    )
    return True


def _compared(alert: Alert) -> dict[str, Any]:
    """``compute.multivariate.compare`` with "against" ("before" or "learned"), or {"n", "wanted"} rows."""
    features = features_of(alert.judged_by.model)
    keys = [one.key for one in features]
    fresh, before = fresh_parts(alert), parts_before(alert)
    if len(fresh) < FRESH_LEAST:
        return {"n": len(fresh), "wanted": FRESH_LEAST}
    own = len(before) >= OWN_LEAST
    then = _rows(before, keys) if own else _learned(alert, keys)
    if then is None:
        return {"n": len(fresh), "m": len(before), "wanted_before": OWN_LEAST}
    try:
        comparison = compare(
            then,
            _rows(fresh, keys),
            keys=keys,
            numeric=[not one.categories for one in features],
            same=own,
            seed=alert.pk,
        )
    except TooFewRows as few:
        if few.side == "now":
            return {"n": few.rows, "wanted": few.wanted}
        return {"n": len(fresh), "m": few.rows, "wanted_before": few.wanted}
    return comparison | {"against": "before" if own else "learned"}


def _rows(parts: Sequence[Part], keys: Sequence[str]) -> Rows:
    readings = [[_number(part.readings.get(key)) for key in keys] for part in parts]
    return Rows(
        np.asarray(readings, dtype=np.float64).reshape(len(parts), len(keys)),
        np.asarray([part.at.timestamp() for part in parts]),
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


def _learned(alert: Alert, keys: Sequence[str]) -> Rows | None:
    """The machine's rows of the table that the version builds on, all machines' where it has few there."""
    table = learned_table(alert)
    if table is None:
        return None
    try:
        table_rows = datasets.decode(artifact_read(table.artifact), keys)
    except (ArtifactDamaged, Invalid):
        return None
    mine = np.asarray([one == alert.machine.slug for one in table_rows.asset], dtype=np.bool_)
    which = np.flatnonzero(mine) if mine.sum() >= OWN_LEAST else np.arange(len(mine))
    if not table.ordered:
        few = np.sort(np.random.default_rng(0).permutation(which)[:MOST])
        return Rows(table_rows.readings[few], None)
    newest = which[np.argsort(table_rows.at[which], kind="stable")][-MOST:]
    return Rows(table_rows.readings[newest], table_rows.at[newest])
