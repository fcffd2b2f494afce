"""Whatever the numbers are, a chart is well-formed, finite, and its labels stand free of each other."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.shell.charts.bars import Bar, BarsChart
from mlops_portal.foundation.shell.charts.control import control_chart
from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Chart
from mlops_portal.foundation.shell.charts.drawing.points import Change, Limit, Point, Series, Span
from mlops_portal.foundation.shell.charts.histogram import Histogram, HistogramPair
from mlops_portal.foundation.shell.charts.intervals import Interval, IntervalChart, IntervalGroup, IntervalRow
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.charts.small import Band, Dot, DotGrid, Sparkline

ANY = st.floats(allow_nan=True, allow_infinity=True)
VALUE = st.none() | ANY
WORDS = st.text(max_size=40)
MOMENT = st.datetimes(timezones=st.just(UTC))
PENS = st.builds(
    Pen,
    width=st.sampled_from([120.0, 340.0, 860.0]),
    zone=st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")]),
    standalone=st.booleans(),
)
NUMERIC = re.compile(r"[-\d.]+")


def assert_sound(chart: Chart, pen: Pen) -> ElementTree.Element:
    drawn = chart.draw(pen)
    root = ElementTree.fromstring(drawn.svg)  # our own output
    assert not re.search(
        r'="[^"]*\b(nan|inf)\b', re.sub(r"<title.*?</title>|aria-label=\"[^\"]*\"", "", drawn.svg)
    )
    for element in root.iter():
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height", "r"):
            if name in element.attrib:
                assert math.isfinite(float(element.attrib[name]))
        assert "style" not in element.attrib
    for row in drawn.data.rows:
        assert len(row) == len(drawn.data.headers)
    return root


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(MOMENT | ANY, VALUE), max_size=40), st.lists(ANY, max_size=3), PENS, WORDS)
def test_a_line_chart_takes_any_numbers(points, limits, pen, words):
    if any(isinstance(at, datetime) for at, _ in points):
        points = [(at, value) for at, value in points if isinstance(at, datetime)]
    assert_sound(
        LineChart(
            words,
            [Series(words, [Point(at, value, href="/x?a=1&b=<2>") for at, value in points])],
            limits=[Limit(value, words) for value in limits],
            changes=[Change(at, words) for at, _ in points[:3]],
            spans=[Span(at, None, words) for at, _ in points[:2]],
            unit=words,
        ),
        pen,
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUE, max_size=60), ANY, ANY, ANY, PENS)
def test_a_control_chart_takes_any_limits(values, centre, lower, upper, pen):
    points = [Point(index, value) for index, value in enumerate(values)]
    assert_sound(
        control_chart("t", points, centre=centre, lower=lower, upper=upper, label="x", upper_label="u"), pen
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(Bar, WORDS, VALUE, href=WORDS), max_size=8), VALUE, PENS)
def test_bars_take_any_shares(bars, full, pen):
    assert_sound(BarsChart("t", bars, full=full), pen)


@settings(max_examples=40, deadline=None)
@given(st.lists(ANY, max_size=12), st.lists(ANY, max_size=12), st.booleans(), PENS)
def test_histograms_take_any_edges_and_counts(edges, counts, both, pen):
    one = Histogram("reference", edges, counts)
    other = Histogram("now", sorted(edges), counts) if both else None
    assert_sound(HistogramPair("t", one, other, unit="bar"), pen)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(Interval, WORDS, ANY, ANY, ANY), max_size=4), PENS)
def test_intervals_take_any_ends(intervals, pen):
    assert_sound(IntervalRow("t", intervals), pen)
    assert_sound(IntervalChart("t", [IntervalGroup("g", intervals)]), pen)


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUE, max_size=50), VALUE, ANY, ANY, PENS)
def test_small_pictures_take_any_values(values, value, low, high, pen):
    assert_sound(Sparkline("t", values), pen)
    assert_sound(Band("t", value, low, high), pen)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.builds(Dot, WORDS, WORDS, st.sampled_from(["good", "bad", "caution"]), WORDS), max_size=60),
    PENS,
)
def test_golden_parts_take_any_words(dots, pen):
    assert_sound(DotGrid("t", dots), pen)
