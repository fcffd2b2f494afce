"""Fitting and feeding the charts of joint measures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from monitoring.measures.compute import aligned, joint
from monitoring.measures.compute.changepoint import step_at
from monitoring.measures.compute.contributions import contributions
from monitoring.measures.selectors import measures as single
from monitoring.measures.selectors import parts as read
from monitoring.measures.services.judging import (
    QUIET,
    Moved,
    PartMoved,
    joint_judged,
    measure_alert_consider,
    measure_fitted,
    measure_unfit,
)
from monitoring.models import Measure, MeasureValue

LEAST_ARL = 20.0


def judge_joint(measure: Measure, *, now: datetime) -> int:
    """Fit the chart where the reference of all parts is complete, and feed it the complete steps."""
    parts = read.parts_of(measure)
    if not measure.fitted and not _fit(measure, parts):
        return 0
    done = 0
    while (fed := _feed(measure, parts, now)) > 0:
        done += fed
        if fed < read.AT_ONCE:
            break
    if done:
        _consider(measure, parts, now)
    return done


def _fit(measure: Measure, parts: Sequence[Measure]) -> bool:
    since = read.began(measure, parts)
    if since is None:
        return False
    pace, gap = aligned.pace_of(read.first_of(parts, since))
    if gap <= 0:
        return False
    size, slack = measure.reference_size, aligned.SLACK * gap
    ends = read.ends_from(parts[pace], since, read.LOOKED_FOR * size + 1)
    if len(ends) <= size:
        return False
    steps = read.steps_of(parts, ends, slack=timedelta(seconds=slack))
    rows = aligned.rows_of(steps.parts, steps.seconds, slack=slack)
    whole = np.flatnonzero(np.isfinite(rows).all(axis=1))[:size]
    if len(whole) < size:
        return False
    wanted = single.WEEK.total_seconds() / gap / single.per_week(measure)
    try:
        fitted = joint.fit(
            rows[whole],
            arl=max(LEAST_ARL, wanted),
            tolerances=[one.tolerance or 0.0 for one in parts],
        )
    except joint.Unfit as error:
        named = ",".join(str(one) for one in error.parts)
        measure_unfit(measure=measure, problem=f"{error.reason}:{named}"[:20])
        return False
    stored = fitted.to_json() | {"steps": {"pace": pace, "slack": slack}}
    return measure_fitted(
        measure=measure, fitted=stored, begins=ends[int(whole[0])], ends=ends[int(whole[-1]) + 1]
    )


def _rows(
    measure: Measure, parts: Sequence[Measure], ends: list[datetime]
) -> tuple[read.Steps, NDArray[np.float64]]:
    slack = float(measure.fitted["steps"]["slack"])
    steps = read.steps_of(parts, ends, slack=timedelta(seconds=slack))
    return steps, aligned.rows_of(steps.parts, steps.seconds, slack=slack)


def _lead(
    measure: Measure, parts: Sequence[Measure], fitted: joint.Fitted, until: datetime
) -> NDArray[np.float64]:
    """The whole rows before ``until``, as many as lead in."""
    lags = fitted.white.lags
    if not lags:
        return np.empty((0, len(parts)))
    pace = parts[measure.fitted["steps"]["pace"]]
    _steps, rows = _rows(measure, parts, read.ends_before(pace, until, read.LOOKED_FOR * lags + 2))
    return rows[np.isfinite(rows).all(axis=1)][-lags:]


def _feed(measure: Measure, parts: Sequence[Measure], now: datetime) -> int:
    fitted, steps_stored = joint.Fitted.from_json(measure.fitted), measure.fitted["steps"]
    at = read.resumed(measure)
    slack = timedelta(seconds=steps_stored["slack"])
    ends = read.ends_after(parts, steps_stored["pace"], at.after, slack=slack, now=now)
    if len(ends) < 2:
        return 0
    steps, rows = _rows(measure, parts, ends)
    before = at.before
    state = (
        joint.State(tuple(before.carried["z"]), bool(before.on))
        if before is not None and before.carried
        else joint.State()
    )
    judged = joint.run(fitted, rows, state, _lead(measure, parts, fitted, at.after))
    values = [
        MeasureValue(
            measure=measure,
            at=end,
            value=one.t2,
            received_at=now,
            up=one.share,
            down=0.0,
            on=one.state.on,
            carried={"z": list(one.state.z)},
        )
        for end, one in zip(ends[1:], judged, strict=True)
    ]
    return len(values) if joint_judged(measure=measure, parts=parts, steps=steps, values=values) else 0


def _consider(measure: Measure, parts: Sequence[Measure], now: datetime) -> None:
    """As for a single measure; the step is looked for along the direction in which the chart is out."""
    values = single.out_lately(measure, since=now - QUIET)
    if not values:
        return
    first = next((at for at in range(len(values) - 1, -1, -1) if not values[at].on), -1) + 1
    peak = max(range(first, len(values)), key=lambda at: values[at].up or 0.0)
    before = next((at for at in range(first - 1, -1, -1) if values[at].on), -1) + 1
    carried = values[peak].carried
    if not carried:
        return
    earlier = read.end_before(measure, values[before].at)
    ends = [earlier, *(one.at for one in values[before : peak + 1])]
    _steps, rows = _rows(measure, parts, ends)
    whole = np.flatnonzero(np.isfinite(rows).all(axis=1))
    fitted = joint.Fitted.from_json(measure.fitted)
    fed = fitted.white.residuals(np.vstack([_lead(measure, parts, fitted, earlier), rows[whole]]))
    if not len(fed):
        return
    z = np.array(carried["z"])
    begin = int(
        whole[len(whole) - len(fed) + step_at(fed @ np.linalg.solve(fitted.white.correlation, z), 0.0)]
    )
    shifts = [float(np.nanmean(rows[begin:, at])) - one.mean for at, one in enumerate(fitted.white.parts)]
    shares = contributions(z, fitted.white.correlation)
    moved = sorted(
        (PartMoved(part.key, float(shares[at]), shifts[at]) for at, part in enumerate(parts)),
        key=lambda one: -one.share,
    )
    signal = Moved(ends[begin + 1], values[peak].up or 0.0, 0.0, tuple(moved))
    measure_alert_consider(measure=measure, moved=signal, now=now)
