"""Recording a study of a measuring system, and writing down what it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.refs import SYSTEM
from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.errors import GaugeUnfit
from monitoring.gauges.rules.rows import Row, rows_fit
from monitoring.models import GaugeStudy, Measure
from monitoring.models.gauge import GaugeKind, GaugeState


def gauge_study_record(
    *,
    by: Person,
    measure: Measure,
    kind: str,
    rows: Sequence[Row],
    equipment: str,
    reference: float | None = None,
    resolution: float | None = None,
) -> GaugeStudy:
    """Keep what was measured and let a worker compute it; the tolerance is that of the measure's drawing.
    GaugeUnfit."""
    guard(by, "measure.edit", line=measure.line)
    if kind not in GaugeKind.values:
        raise GaugeUnfit(_("A study is of type 1, 2 or 3; choose one."))
    if measure.joint or (measure.spec_low is None and measure.chart in ("p", "np", "c", "u")):
        raise GaugeUnfit(_("Only readings have a measuring system: this measure counts or joins others."))
    tolerance = _tolerance(measure)
    if not equipment.strip():
        raise GaugeUnfit(_("Say which measuring system it is: its name or number."))
    if any(one is not None and not math.isfinite(one) for one in (reference, resolution)):
        raise GaugeUnfit(_("The known value and the resolution are finite numbers."))
    if kind == GaugeKind.TYPE_1 and (reference is None or tolerance is None):
        raise GaugeUnfit(
            _("A type 1 study needs the part's known value, and both limits of the drawing at the measure.")
        )
    rows_fit(rows, kind)
    with transaction.atomic():
        study = GaugeStudy.objects.create(
            measure=measure, kind=kind, rows=[list(one) for one in rows], tolerance=tolerance,
            reference=reference, resolution=resolution, equipment=equipment.strip()[:120], by=by,
            at=timezone.now(),
        )  # fmt: skip
        _event(study, by.actor, "monitoring.gauge.recorded", measurements=len(rows))
        enqueue("monitoring.gauge", study_id=study.pk)
    return study


def _tolerance(measure: Measure) -> float | None:
    if measure.spec_low is None or measure.spec_high is None:
        return None
    return measure.spec_high - measure.spec_low


def gauge_study_told(*, study: GaugeStudy, result: dict[str, Any], problem: str = "") -> bool:
    """Write what was computed; False where another worker was first."""
    state = GaugeState.REFUSED if problem else GaugeState.TOLD
    verdict = result.get("verdict", "")
    with transaction.atomic():
        waits = GaugeStudy.objects.filter(pk=study.pk, state=GaugeState.COMPUTING)
        if waits.update(state=state, result=result, problem=problem, verdict=verdict) != 1:
            return False
        study.refresh_from_db()
        _event(study, SYSTEM, "monitoring.gauge.told", verdict=verdict or problem)
        enqueue("monitoring.measures", measure_id=study.measure_id)
    return True


def _event(study: GaugeStudy, actor: Any, event: str, **more: Any) -> None:
    measure = study.measure
    event_record(
        type=event,
        actor=actor,
        subjects=[study.ref(), measure.ref("of"), measure.line.ref("on")],
        public={"measure": str(measure), "equipment": study.equipment, "kind": study.kind, **more},
    )
    changed(f"measure:{measure.pk}", f"gauge:{study.pk}")
