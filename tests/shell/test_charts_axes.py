"""Ticks are nice, few, distinct, inside the axis, and their labels do not touch."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.numbers import Notation, text
from mlops_portal.foundation.shell.charts.drawing.points import Point, Series
from mlops_portal.foundation.shell.charts.drawing.scales import (
    extent,
    nice_axis,
    nice_ticks,
    text_width,
    thinned,
    tick_texts,
    time_extent,
)
from mlops_portal.foundation.shell.charts.drawing.times import seconds, time_ticks
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.charts.stacked import StackedChart

FINITE = st.floats(-1e299, 1e299)


@settings(deadline=None)
@given(st.lists(FINITE, min_size=1, max_size=5), st.integers(2, 10))
def test_value_ticks_are_few_distinct_and_inside(values, count):
    low, high = extent(values)
    ticks, step = nice_axis(low, high, count)
    assert 2 <= len(ticks) <= count + 3
    assert ticks[0] <= low + step * 1e-6
    assert ticks[-1] >= high - step * 1e-6
    inner, _ = nice_ticks(low, high, count)
    assert all(low - step * 1e-6 <= tick <= high + step * 1e-6 for tick in inner)
    texts = tick_texts(ticks, step, Notation())
    assert len(set(texts)) == len(texts)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1000), st.text(min_size=1, max_size=9)), max_size=30))
def test_kept_labels_do_not_touch(labels):
    labels.sort(key=lambda label: label[0])
    places, texts = [place for place, _ in labels], [words for _, words in labels]
    kept = thinned(places, texts, 12)
    for left, right in itertools.pairwise(kept):
        end = places[left] + text_width(texts[left], 12) / 2
        assert end < places[right] - text_width(texts[right], 12) / 2


@settings(deadline=None)
@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.floats(5, 3e9),
    st.integers(2, 9),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"]),
)
def test_time_ticks_are_ascending_few_and_inside(start, span, count, zone):
    low = seconds(start)
    ticks, texts = time_ticks(low, low + span, count, ZoneInfo(zone))
    assert len(ticks) == len(texts) <= count + 2
    assert ticks == sorted(set(ticks))
    assert all(low <= tick <= low + span for tick in ticks)


def test_ticks_stand_on_the_plants_own_hours_through_the_change_of_the_clock():
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight in Berlin, the night of the long hour
    ticks, texts = time_ticks(
        seconds(start), seconds(start + timedelta(hours=24)), 4, ZoneInfo("Europe/Berlin")
    )
    assert texts == ["25 Oct", "06:00", "12:00", "18:00"]
    assert [(b - a) / 3600 for a, b in itertools.pairwise(ticks)] == [7, 6, 6]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1240, "1.240"),
        (151.4, "151,4"),
        (0.105, "0,105"),
        (-0.2, "−0,2"),
        (-0.0, "0"),
        (2e-7, "2,0·10⁻⁷"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, shown):
    assert text(value, Notation(",", ".")) == shown


def drawn(*moments, zone="Europe/Berlin"):
    chart = LineChart("Load", [Series("load", [Point(at, 1.0) for at in moments])])
    return str(chart.draw(Pen(zone=ZoneInfo(zone))).svg)


@settings(max_examples=25)
@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.floats(0, 59),
)
def test_one_moment_alone_gets_an_axis_of_minutes_and_not_of_years(at, apart):
    low, high = time_extent([seconds(at), seconds(at) + apart])
    assert low < seconds(at) < high
    assert high - low < 3600


def test_a_model_of_twenty_minutes_is_not_drawn_over_years():
    svg = drawn(datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert "10:00" in svg
    for year in ("2025", "2029"):
        assert f">{year}<" not in svg


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC), "CET"),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC), "CEST"),
        (datetime(2026, 10, 24, 9, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC), "CEST/CET"),
        (datetime(2026, 3, 28, 9, tzinfo=UTC), datetime(2026, 3, 30, 9, tzinfo=UTC), "CET/CEST"),
    ],
)
def test_the_axis_names_the_clock_of_its_own_moments(first, last, name):
    assert f">{name}<" in drawn(first, last)


def test_plots_that_share_an_axis_of_one_moment_share_minutes():
    panel = LineChart("Load", [Series("load", [Point(datetime(2026, 12, 1, 9, tzinfo=UTC), 1.0)])])
    svg = str(StackedChart("All", [panel, panel]).draw(Pen(zone=ZoneInfo("Europe/Berlin"))).svg)
    assert ">CET<" in svg
    assert ">2029<" not in svg
