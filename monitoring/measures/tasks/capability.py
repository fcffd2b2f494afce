"""Working out a measure's capability: refused, with the reason, before it is computed.

- Only of single readings of parts: means of windows are steadier than parts.
- Only while the process is stable: nothing of the span is out, and no alert is open.
- Only where a study over parts showed that the measuring system is capable, at least under conditions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from monitoring.gauges.selectors.studies import newest_told
from monitoring.measures.compute.control import capability as compute
from monitoring.measures.compute.control.chart import Chart, run
from monitoring.measures.compute.control.families import Centre
from monitoring.measures.services.capability import capability_told
from monitoring.measures.tasks.control import points_of
from monitoring.models import Measure, MeasureValue
from monitoring.models.gauge import GaugeVerdict
from monitoring.models.measure import ChartKind
from monitoring.transitions import UNRESOLVED

SPAN = 2000
SUBGROUPS = (ChartKind.XBAR_R, ChartKind.XBAR_S)


def capability(measure: Measure) -> None:
    """Work it out anew from the values since the reference began."""
    if measure.joint or (measure.spec_low is None and measure.spec_high is None):
        return
    values = measure.values.order_by("-at")
    if measure.reference_from is not None:
        values = values.filter(at__gte=measure.reference_from)
    span = list(values[:SPAN])[::-1]
    refused = _refused(measure, span)
    capability_told(measure=measure, capability={"refused": refused} if refused else _told(measure, span))


def _refused(measure: Measure, span: list[MeasureValue]) -> str:
    if not measure.fitted:
        return "learns"
    if measure.source and measure.chart not in SUBGROUPS:
        return "means"
    singles = sum(one.size or 1 for one in span) if measure.chart in SUBGROUPS else len(span)
    if singles < compute.LEAST or len(span) < compute.LEAST / 2:
        return "few"
    if any(one.on for one in span) or measure.alerts.filter(state__in=UNRESOLVED).exists():
        return "unstable"
    if measure.control and _reference_out(measure, span):
        return "unstable"
    study = newest_told(measure)
    if study is None:
        return "no_study"
    return "gauge" if study.verdict == GaugeVerdict.NOT else ""


def _reference_out(measure: Measure, span: list[MeasureValue]) -> bool:
    """Whether its own reference, of which no value was judged, leaves the limits that it gave."""
    mine = [one for one in span if measure.reference_to and one.at <= measure.reference_to]
    if not mine:
        return False
    return any(one.on for one in run(Chart.from_json(measure.fitted), points_of(mine), lead=0))


def _told(measure: Measure, span: list[MeasureValue]) -> dict[str, Any]:
    points = points_of(span)
    if np.ptp(points.value) == 0:
        return {"refused": "constant"}
    family = measure.chart if measure.chart in SUBGROUPS else "i_mr"
    centre = Centre(family, 0.0, 0.0, 1.0)
    told = compute.of_points(points, centre, low=measure.spec_low, high=measure.spec_high)
    study = newest_told(measure)
    return {
        **told,
        "since": span[0].at.isoformat(),
        "until": span[-1].at.isoformat(),
        "study": study.pk if study else None,
        "barely": bool(study and study.verdict == GaugeVerdict.BARELY),
    }
