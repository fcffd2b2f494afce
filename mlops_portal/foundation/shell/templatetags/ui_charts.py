"""Charts, tables and readings in a page: the thin layer between drawings and Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from mlops_portal.foundation.shell.charts.drawing.canvas import Pen
from mlops_portal.foundation.shell.charts.drawing.drawn import Chart
from mlops_portal.foundation.shell.charts.small import Band
from mlops_portal.foundation.shell.templatetags.ui_text import notation, number_text

register = template.Library()
Context = dict[str, Any]
WIDTHS = {"wide": 860.0, "half": 440.0}
NARROW = 340.0
WORDS = {
    "Time": gettext_lazy("Time"),
    "Number": gettext_lazy("Number"),
    "Name": gettext_lazy("Name"),
    "Share": gettext_lazy("Share"),
    "Range": gettext_lazy("Range"),
    "Measure": gettext_lazy("Measure"),
    "Of": gettext_lazy("Of"),
    "Estimate": gettext_lazy("Estimate"),
    "From": gettext_lazy("From"),
    "To": gettext_lazy("To"),
    "Part": gettext_lazy("Part"),
    "State": gettext_lazy("State"),
    "recorded process change": gettext_lazy("recorded process change"),
}
SHAPES = {
    "line": '<path class="c-line c-stroke-{}" d="M1 7H13"/>',
    "line-1": '<path class="c-line c-stroke-{} c-dash-1" d="M0 7H14"/>',
    "line-2": '<path class="c-line c-stroke-{} c-dash-2" d="M0 7H14"/>',
    "line-3": '<path class="c-line c-stroke-{} c-dash-3" d="M0 7H14"/>',
    "bar": '<rect class="c-fill-{}" x="2" y="2" width="10" height="10" rx="2"/>',
    "dot": '<circle class="c-fill-{}" cx="7" cy="7" r="4"/>',
    "diamond": '<path class="c-fill-{}" d="M7 1l6 6-6 6-6-6Z"/>',
    "span": '<rect class="c-soft-{}" x="0" y="1" width="14" height="12"/>',
}


def pen(width: float, *, standalone: bool = False) -> Pen:
    """A pen for the active language and time zone; ``standalone`` for a PDF."""
    months = tuple(str(MONTHS_3[month]).capitalize() for month in range(1, 13))
    return Pen(width, timezone.get_current_timezone(), notation(), months, standalone)


@cache
def _shape(shape: str, tone: str) -> SafeString:
    # Both come from our own chart specifications, never from a person.
    return mark_safe(SHAPES[shape].format(tone))  # noqa: S308


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, size: str = "wide", data: bool = True) -> Context:
    """{% chart spec %}: drawn twice, for wide and narrow places; the style sheet shows the one that fits.

    Sizes: wide, half. ``data=False`` leaves out the table behind it (where the page has one).
    """
    wide, narrow = chart.draw(pen(WIDTHS[size])), chart.draw(pen(NARROW))
    return {
        "wide": mark_safe(wide.svg),  # noqa: S308  # Canvas escapes every text and attribute
        "narrow": mark_safe(narrow.svg),  # noqa: S308  # as above
        "legend": [(_shape(one.shape, one.tone), WORDS.get(one.label, one.label)) for one in wide.legend],
        "headers": [WORDS.get(header, header) for header in wide.data.headers],
        "rows": wide.data.rows if data else (),
        "left_out": wide.data.left_out,
        "title": chart.title,
        "size": size,
    }


@register.simple_tag
def mini(chart: Chart, width: float = 240) -> SafeString:
    """{% mini spec %}: a small picture in a line or a cell, without legend and table."""
    svg = mark_safe(chart.draw(pen(width)).svg)  # noqa: S308  # Canvas escapes every text and attribute
    return format_html('<span class="mini">{}</span>', svg)


def _reading(row: Mapping[str, Any]) -> Context:
    if "word" in row:
        off = gettext("never seen before") if row["unseen"] else ""
        return {"label": row["label"], "word": row["word"], "off": off, "band": None}
    value, low, high = row["value"], row["low"], row["high"]
    unit = row.get("unit", "")
    normal = gettext("normal %(low)s to %(high)s %(unit)s") % {
        "low": number_text(low),
        "high": number_text(high),
        "unit": unit,
    }
    words = ""
    band = Band(normal, value, low, high, row.get("minimum"), row.get("maximum"))
    if band.off:
        words = gettext("too high") if value > high else gettext("too low")
        band = Band(f"{words}, {normal}", value, low, high, row.get("minimum"), row.get("maximum"))
    return {"label": row["label"], "value": value, "unit": unit, "off": words, "band": band}


@register.inclusion_tag("components/readings.html")
def readings(rows: Iterable[Mapping[str, Any]], label: str = "") -> Context:
    """Readings on their normal bands: ``label, value, unit, low, high``, perhaps ``minimum, maximum``;
    categories as ``label, word, unseen``."""
    return {"rows": [_reading(row) for row in rows], "label": label or gettext("Readings")}


@register.inclusion_tag("components/table.html")
def table(table: Any) -> Context:
    """{% table table %}: a ``shell.tables.table.Table`` with its tools, rows and pages."""
    return {"table": table, "request": table.request}
