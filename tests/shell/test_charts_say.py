"""What a chart tells: links, what is off, the table behind it, and the same picture without a style sheet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from django.template import Context, Template

from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.charts.small import Band

START = datetime(2026, 11, 22, 8, tzinfo=UTC)


def a_chart(count: int = 4, href: str = "") -> LineChart:
    points = [Point(START + timedelta(minutes=15 * i), i / 10, href) for i in range(count)]
    return LineChart("Stability", [Series("PSI", points)], limits=[Limit(0.25, "limit 0.25")])


def test_points_over_the_limit_stand_out():
    assert a_chart().draw(Pen()).svg.count('class="c-fill-bad"') == 1


def test_points_lead_somewhere_and_say_what_they_are():
    svg = a_chart(href="/windows/7").draw(Pen()).svg
    assert svg.count('<a href="/windows/7"') == 4
    assert "22 Nov 2026, 08:15 UTC · PSI · 0.1" in svg
    assert 'role="group"' in svg


def test_a_picture_without_links_is_one_image_with_a_name():
    root = ElementTree.fromstring(a_chart().draw(Pen()).svg)  # our own output
    assert root.attrib["role"] == "img"
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Stability"


def test_the_standalone_picture_carries_its_colours_and_no_classes_or_links():
    svg = a_chart(href="/windows/7").draw(Pen(standalone=True)).svg
    assert "class=" not in svg
    assert "<a " not in svg
    assert "#b3261e" in svg


def test_a_million_points_stay_a_small_picture_with_their_peak():
    points = [Point(i, 99.0 if i == 54_321 else 1.0 + (i % 7) / 10) for i in range(100_000)]
    drawn = LineChart("t", [Series("x", points)]).draw(Pen())
    assert len(drawn.svg) < 100_000
    assert drawn.data.left_out == 99_800
    assert "L" in drawn.svg


def test_a_reading_in_its_band_is_a_dot_and_outside_a_diamond():
    assert "<circle" in Band("p", 5, 4, 6).draw(Pen()).svg
    assert "<circle" not in Band("p", 7, 4, 6).draw(Pen()).svg


def test_words_cannot_break_out_of_the_picture():
    svg = LineChart('"><script>alert(1)</script>', []).draw(Pen()).svg
    assert "<script" not in svg
    assert ElementTree.fromstring(svg) is not None  # our own output


def test_the_page_gets_both_widths_and_the_numbers_behind():
    html = Template("{% chart c %}").render(Context({"c": a_chart()}))
    assert html.count("<svg") >= 2
    assert '<th scope="row">22 Nov 2026, 08:00 UTC</th>' in html
