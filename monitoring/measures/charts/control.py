"""The drawings of a control chart: points with the textbook's lines, and their spread below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series
from mlops_portal.foundation.shell.charts.line import LineChart
from monitoring.measures.charts.marks import HEIGHT, LOW_HEIGHT, changes_of, expected, spans_of
from monitoring.measures.rules.run_rules import RULES
from monitoring.models import Alert, Measure, MeasureValue, ProcessChange
from monitoring.models.measure import ChartKind


def spread_name(measure: Measure) -> str:
    """What of a point its spread is; empty where it has none."""
    return {
        ChartKind.XBAR_R: _("range"),
        ChartKind.XBAR_S: _("deviation"),
        ChartKind.I_MR: _("moving range"),
    }.get(ChartKind(measure.chart), "")


def control_panels(
    measure: Measure,
    values: Sequence[MeasureValue],
    alerts: Sequence[Alert],
    changes: Sequence[ProcessChange],
) -> list[LineChart]:
    """The points, and the spread inside each where the chart has one."""
    lines = measure.fitted.get("lines")
    points = [Point(one.at, one.value, tone=_tone(one), note=_note(one)) for one in values]
    level = LineChart(
        str(measure),
        [Series(str(measure), points), *_stepped(measure, values, "lines")],
        unit=measure.unit,
        limits=[*expected(measure), *_straight(measure, values, "lines"), *_centre(lines)],
        changes=changes_of(measure, changes),
        spans=spans_of(measure, alerts),
        height=HEIGHT,
    )
    spread = _spread_points(measure, values)
    if not spread:
        return [level]
    name = spread_name(measure)
    return [
        level,
        LineChart(
            _("%(measure)s: %(spread)s") % {"measure": measure, "spread": name},
            [Series(name, spread, tone="caution"), *_stepped(measure, values, "inside")],
            unit=measure.unit,
            limits=[*_straight(measure, values, "inside"), *_centre(measure.fitted.get("inside"))],
            spans=spans_of(measure, alerts),
            from_zero=True,
            height=LOW_HEIGHT,
        ),
    ]


def _tone(value: MeasureValue) -> str:
    told = value.carried or {}
    return "bad" if value.on else "caution" if told.get("rules") or told.get("beyond") else ""


def _note(value: MeasureValue) -> str:
    """Which rules spoke at this point."""
    told = value.carried or {}
    said = [_(RULES[key].words) for key in told.get("rules", [])]
    return "; ".join([*([_("beyond 3 σ")] if told.get("beyond") else []), *said])


def _spread_points(measure: Measure, values: Sequence[MeasureValue]) -> list[Point]:
    if measure.chart == ChartKind.I_MR:
        return [
            Point(after.at, abs(after.value - before.value), tone=_spread_tone(after))
            for before, after in pairwise(values)
        ]
    return [Point(one.at, one.spread, tone=_spread_tone(one)) for one in values if one.spread is not None]


def _spread_tone(value: MeasureValue) -> str:
    return "bad" if (value.carried or {}).get("spread", 0.0) > 1.0 else ""


def _varies(values: Sequence[MeasureValue]) -> bool:
    return len({one.size for one in values}) > 1


def _straight(measure: Measure, values: Sequence[MeasureValue], key: str) -> list[Limit]:
    """Lines for all points, where all have one size."""
    lines = measure.fitted.get(key)
    if not lines or _varies(values):
        return []
    return [
        Limit(lines[0], _("lower 3 σ line"), tone="quiet", above=None),
        Limit(lines[2], _("upper 3 σ line"), tone="quiet", above=None),
    ]


def _centre(lines: Sequence[float] | None) -> list[Limit]:
    return [Limit(lines[1], _("centre line"), tone="info", above=None)] if lines else []


def _stepped(measure: Measure, values: Sequence[MeasureValue], key: str) -> list[Series]:
    """Lines that follow the size of each point, where sizes vary."""
    if not measure.fitted or not _varies(values):
        return []
    told = [(one.at, lines) for one in values if (lines := (one.carried or {}).get(key))]
    return [
        Series(words, [Point(at, lines[place]) for at, lines in told], tone="quiet")
        for place, words in ((0, _("lower 3 σ line")), (1, _("upper 3 σ line")))
        if told
    ]
