"""Fitting and feeding control charts: points with a size and a spread, textbook lines, run rules."""

from __future__ import annotations

from collections.abc import Sequence

from monitoring.measures.compute.control import chart as control
from monitoring.measures.compute.control.families import Points, Unfit
from monitoring.measures.selectors import measures as read
from monitoring.measures.services.judging import measure_fitted, measure_unfit, values_judged
from monitoring.models import Measure, MeasureValue


def points_of(values: Sequence[MeasureValue]) -> Points:
    return Points.of([(one.value, one.size, one.spread) for one in values])


def fit(measure: Measure, values: Sequence[MeasureValue], arl: float) -> bool:
    """Freeze the chart on the reference's ``values``."""
    try:
        fitted = control.fit(
            points_of(values),
            family=measure.chart,
            sides=measure.bad,  # type: ignore[arg-type]  # the same three words
            arl=arl,
            chosen=measure.rules,
        )
    except Unfit as error:
        measure_unfit(measure=measure, problem=error.reason)
        return False
    stored = fitted.to_json()
    return measure_fitted(measure=measure, fitted=stored, begins=values[0].at, ends=values[-1].at)


def feed(measure: Measure) -> int:
    """Judge the values that wait, as many as are read at once; how many."""
    fitted = control.Chart.from_json(measure.fitted)
    waits = read.waiting(measure, fitted.lead)
    if not waits.values:
        return 0
    before = waits.before
    steps = control.run(
        fitted,
        points_of([*waits.lead, *waits.values]),
        lead=len(waits.lead),
        on=bool(before and before.on),
    )
    for one, step in zip(waits.values, steps, strict=True):
        one.up, one.down, one.on, one.carried = step.up, step.down, step.on, step.carried()
    values_judged(measure=measure, values=waits.values)
    return len(waits.values)
