"""Sample charts of the style guide; their figures are the same at every visit."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.bars import Bar, BarsChart
from mlops_portal.foundation.shell.charts.control import control_chart
from mlops_portal.foundation.shell.charts.drawing.drawn import Chart
from mlops_portal.foundation.shell.charts.drawing.points import Change, Limit, Point, Series, Span
from mlops_portal.foundation.shell.charts.histogram import Histogram, HistogramPair
from mlops_portal.foundation.shell.charts.intervals import Interval, IntervalChart, IntervalGroup
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.charts.small import Dot, DotGrid, Sparkline


def noise(count: int) -> list[float]:
    """``count`` numbers in -1..1 from a linear congruential generator (Numerical Recipes)."""
    numbers, held = [], 7
    for _step in range(count):
        held = (1664525 * held + 1013904223) % 2**32
        numbers.append(held / 2**31 - 1)
    return numbers


def samples(now: datetime) -> dict[str, Chart]:
    return {
        "line": _line(now),
        "bars": _bars(),
        "pair": _pair(),
        "control": _control(now),
        "intervals": _intervals(),
        "golden": _golden(),
        "spark": Sparkline(_("Parts an hour"), [40 + 6 * value for value in noise(24)], unit=_("parts/h")),
        "nothing": LineChart(_("Nothing yet"), [Series(_("stability"), [])]),
    }


def _line(now: datetime) -> LineChart:
    start = now - timedelta(hours=14)
    values = [0.05 + 0.02 * value for value in noise(56)]
    values[43:] = [0.07 + 0.17 * (1 - math.exp(-step / 4)) + 0.012 * values[step] for step in range(13)]
    points = [Point(start + timedelta(minutes=15 * i), value) for i, value in enumerate(values)]
    return LineChart(
        _("Population stability, hydraulic group, 15-minute windows"),
        [Series(_("stability"), points)],
        limits=[Limit(0.105, _("limit 0.105 · at most 1 false alarm a week"))],
        changes=[
            Change(start + timedelta(hours=5.6), _("tool 14 → 15")),
            Change(start + timedelta(hours=10.5), _("lot 7731")),
        ],
        spans=[Span(start + timedelta(hours=10.75))],
        from_zero=True,
    )


def _bars() -> BarsChart:
    return BarsChart(
        _("Where it comes from"),
        [
            Bar(_("Press 4 · lot 7731"), 82, "bad"),
            Bar(_("Press 4 · other lots"), 9, "quiet"),
            Bar(_("Press 3"), 5, "quiet"),
            Bar(_("Press 1, 2, 5, 6"), 4, "quiet"),
        ],
    )


def _pair() -> HistogramPair:
    edges = [138 + 0.75 * step for step in range(25)]

    def counts(middle: float) -> list[float]:
        return [round(400 * math.exp(-(((edge + 0.4 - middle) / 3) ** 2) / 2)) for edge in edges[:-1]]

    return HistogramPair(
        _("Pressure: learned on, and since 14:10"),
        Histogram(_("learned on"), edges, counts(145.6)),
        Histogram(_("since 14:10"), edges, counts(149)),
        unit="bar",
    )


def _control(now: datetime) -> LineChart:
    values = [64 + 1.4 * value for value in noise(40)]
    values[31] = 67.1
    points = [Point(now - timedelta(minutes=5 * (40 - i)), value) for i, value in enumerate(values)]
    return control_chart(
        _("Die temperature, mean of 5"),
        points,
        centre=64.0,
        lower=61.9,
        upper=66.1,
        label=_("die temperature"),
        unit="°C",
        lower_label=_("lower limit 61.9"),
        upper_label=_("upper limit 66.1"),
    )


def _intervals() -> IntervalChart:
    def group(label: str, old: tuple[float, float, float], new: tuple[float, float, float]) -> IntervalGroup:
        intervals = [Interval(_("version 7"), *old, tone="quiet"), Interval(_("version 8"), *new)]
        return IntervalGroup(label, intervals)

    return IntervalChart(
        _("Defects found, by asset"),
        [
            group(_("Press 3"), (90.2, 93.5, 95.9), (91.8, 94.6, 96.7)),
            group(_("Press 4"), (84.3, 88.4, 91.8), (94.0, 96.4, 98.0)),
        ],
        unit="%",
    )


def _golden() -> DotGrid:
    dots = [Dot(f"G-{number:02}", _("as the expert judged it")) for number in range(1, 41)]
    dots[11] = Dot("G-12", _("within tolerance"), "caution")
    dots[27] = Dot("G-28", _("reason changed sides"), "change")
    dots[33] = Dot("G-34", _("wrong"), "bad")
    return DotGrid(_("Golden parts, one by one"), dots)
