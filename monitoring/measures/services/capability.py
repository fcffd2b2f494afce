"""The limits of a measure's drawing, and what its capability is by now."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mlops_portal.foundation.ledger.services import event_record
from mlops_portal.foundation.plant.models import Person
from mlops_portal.foundation.plant.policies import guard
from mlops_portal.foundation.shell.live import changed
from mlops_portal.foundation.shell.work.jobs import enqueue
from monitoring.errors import MeasureEnded, NotAMeasure
from monitoring.measures.services.asking import spec_fits
from monitoring.models import Measure

REASON_MOST = 500


def measure_spec_set(
    *, by: Person, measure: Measure, spec_low: float | None, spec_high: float | None, reason: str
) -> Measure:
    """Say what the drawing allows, with why it is set or changed. NotAMeasure, MeasureEnded."""
    guard(by, "measure.edit", line=measure.line)
    spec_fits(measure.chart, spec_low, spec_high)
    if not 0 < len(reason.strip()) <= REASON_MOST:
        raise NotAMeasure(
            _("Say why in at most %(most)d letters: which drawing it is.") % {"most": REASON_MOST}
        )
    old = [measure.spec_low, measure.spec_high]
    with transaction.atomic():
        mine = Measure.objects.filter(pk=measure.pk, ended_at=None)
        if mine.update(spec_low=spec_low, spec_high=spec_high, capability={}) != 1:
            raise MeasureEnded(_("This measure was ended before."))
        event_record(
            type="monitoring.measure.spec_set",
            actor=by.actor,
            subjects=[measure.ref(), measure.line.ref("on")],
            public={
                "measure": str(measure), "place": measure.place, "old": old, "new": [spec_low, spec_high],
                "reason": reason.strip(),
            },
        )  # fmt: skip
        enqueue("monitoring.measures", measure_id=measure.pk)
        changed(f"measure:{measure.pk}")
    measure.spec_low, measure.spec_high, measure.capability = spec_low, spec_high, {}
    return measure


def capability_told(*, measure: Measure, capability: dict[str, Any]) -> None:
    """Keep what a worker computed; it follows from values, so it leaves no event."""
    if measure.capability != capability:
        Measure.objects.filter(pk=measure.pk).update(capability=capability)
        measure.capability = capability
        changed(f"measure:{measure.pk}")
