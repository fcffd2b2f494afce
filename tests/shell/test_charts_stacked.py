"""Plots that share one axis of time."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.charts.stacked import StackedChart

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def line(title: str, first: int, n: int, scale: float, unit: str, **more: object) -> LineChart:
    points = [Point(START + timedelta(hours=first + at), scale * (at + 1), **more) for at in range(n)]
    return LineChart(title, [Series(title, points)], unit=unit)


def circles(svg: str) -> list[tuple[float, float]]:
    found = re.findall(r'class="c-hit" cx="([\d.]+)" cy="([\d.]+)"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_the_same_moment_stands_at_the_same_place_in_every_panel():
    chart = StackedChart("Both", [line("Scrap", 0, 4, 0.001, "%"), line("Cost", 0, 4, 1e6, "EUR")])
    xs = [x for x, _y in circles(chart.draw(Pen()).svg)]
    assert xs[:4] == xs[4:]


def test_a_panel_that_begins_later_begins_further_right():
    chart = StackedChart("Both", [line("Scrap", 0, 8, 1, "%"), line("Right", 4, 4, 1, "%")])
    xs = [x for x, _y in circles(chart.draw(Pen()).svg)]
    assert xs[8:] == xs[4:8]


def test_the_table_behind_it_joins_the_panels_by_time():
    drawn = StackedChart("Both", [line("Scrap", 0, 2, 1, "%"), line("Cost", 1, 2, 1, "EUR")]).draw(Pen())
    assert drawn.data.headers == ("Time", "Scrap (%)", "Cost (EUR)")
    assert [row[1:] for row in drawn.data.rows] == [("1", "–"), ("2", "1"), ("–", "2")]


def test_intervals_are_drawn_and_stay_on_the_axis():
    chart = line("Right", 0, 3, 10, "%", low=5.0, high=40.0)
    svg = chart.draw(Pen()).svg
    ribbon = re.search(r'class="c-span c-soft-info" d="M([^"]+) Z"', svg)
    assert ribbon
    assert all(0 <= float(place.split()[1]) <= chart.height for place in ribbon.group(1).split(" L"))
    ElementTree.fromstring(svg)


def test_nothing_and_nonsense_draw_an_empty_picture():
    nonsense = LineChart("N", [Series("N", [Point(START, math.nan, low=math.inf, high=1.0)])])
    for panels in ([], [LineChart("E", [])], [nonsense, LineChart("L", [], limits=[Limit(math.inf)])]):
        ElementTree.fromstring(StackedChart("S", panels).draw(Pen()).svg)
        ElementTree.fromstring(StackedChart("S", panels).draw(Pen(standalone=True)).svg)
