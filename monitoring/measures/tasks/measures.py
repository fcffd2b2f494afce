"""Fitting and feeding the charts of measures."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from celery import shared_task
from django.utils import timezone

from mlops_portal.foundation.ledger.channel import channel
from monitoring.measures.compute import series
from monitoring.measures.compute.changepoint import step_at
from monitoring.measures.selectors import measures as read
from monitoring.measures.selectors.sources import source_values
from monitoring.measures.services.judging import (
    QUIET,
    Moved,
    measure_alert_consider,
    measure_fitted,
    measure_unfit,
    values_judged,
)
from monitoring.measures.services.values import values_put
from monitoring.measures.tasks import control
from monitoring.measures.tasks.capability import capability
from monitoring.measures.tasks.parts import judge_joint
from monitoring.models import Measure, MeasureValue

LEAST_ARL = 20.0


@shared_task(name="monitoring.measures")
def measures(measure_id: int | None = None) -> int:
    """Judge every value that was not; how many."""
    with channel("task"):
        # joint ones last: their parts take what telemetry gives first
        in_force = sorted(read.measures_in_force(measure_id), key=lambda measure: measure.joint)
        return sum(judge(measure) for measure in in_force)


def judge(measure: Measure, *, now: datetime | None = None) -> int:
    """Take what telemetry gives, fit the chart where its reference is complete, and feed it."""
    moment = now or timezone.now()
    if measure.joint:
        return judge_joint(measure, now=moment)
    means = source_values(measure, now=moment)
    if means:
        values_put(measure=measure, values=means)
    if not measure.fitted and not _fit(measure):
        return 0
    done = 0
    feed = control.feed if measure.control else _feed
    while (fed := feed(measure)) > 0:
        done += fed
        if fed < read.AT_ONCE:
            break
    if done:
        _consider(measure, moment)
    capability(measure)
    return done


def _fit(measure: Measure) -> bool:
    values = read.reference_values(measure)
    if len(values) < measure.reference_size:
        return False
    gap = read.median_gap(values)
    if not gap:
        return False
    wanted = max(LEAST_ARL, read.WEEK / gap / read.per_week(measure))
    if measure.control:
        return control.fit(measure, values, wanted)
    try:
        fitted = series.fit(
            [one.value for one in values],
            kind=measure.chart,
            sides=measure.bad,  # type: ignore[arg-type]  # the same three words
            arl=wanted,
            tolerance=measure.tolerance or 0.0,
        )
    except ValueError:
        measure_unfit(measure=measure, problem="constant")
        return False
    return measure_fitted(measure=measure, fitted=fitted.to_json(), begins=values[0].at, ends=values[-1].at)


def _feed(measure: Measure) -> int:
    fitted = series.Fitted.from_json(measure.fitted)
    waits = read.waiting(measure, len(fitted.ar))
    if not waits.values:
        return 0
    last = waits.before
    state = series.State(
        last.up or 0.0 if last else 0.0,
        last.down or 0.0 if last else 0.0,
        bool(last and last.on),
        tuple(one.value for one in waits.lead),
    )
    steps, _state = series.run(fitted, [one.value for one in waits.values], state)
    for one, step in zip(waits.values, steps, strict=True):
        one.up, one.down, one.on = step.up, step.down, step.on
    values_judged(measure=measure, values=waits.values)
    return len(waits.values)


def _consider(measure: Measure, now: datetime) -> None:
    """The newest value that was out raises the alert, also where it came late and the chart is back
    meanwhile; what is older than a day is history, and stays on the chart."""
    values = read.out_lately(measure, since=now - QUIET)
    if not values:
        return
    first = next((at for at in range(len(values) - 1, -1, -1) if not values[at].on), -1) + 1
    peak = max(range(first, len(values)), key=lambda at: _ratio(values[at]))
    before = next((at for at in range(first - 1, -1, -1) if values[at].on), -1) + 1
    until_peak = np.array([one.value for one in values[before : peak + 1]])
    step = step_at(until_peak, measure.fitted["mean"])
    shift = float(until_peak[step:].mean()) - measure.fitted["mean"]
    moved = Moved(values[before + step].at, _ratio(values[peak]), shift, signal=_signal(values[peak]))
    measure_alert_consider(measure=measure, moved=moved, now=now)


def _ratio(value: MeasureValue) -> float:
    """How far out: of the level or of the spread; a run rule that alarms is out by itself."""
    told = value.carried or {}
    ruled = 1.0 if told.get("alarms") else 0.0
    return max(value.up or 0.0, value.down or 0.0, told.get("spread", 0.0), ruled)


def _signal(value: MeasureValue) -> str:
    """What of a control chart said it: a run rule's key, "spread", or nothing where the level did."""
    told = value.carried or {}
    level = max(value.up or 0.0, value.down or 0.0)
    if level > 1.0:
        return ""
    return told["alarms"][0] if told.get("alarms") else "spread" if told.get("spread", 0.0) > 1.0 else ""
