"""Where the drift of an alert comes from, and what is spread otherwise: drawings and words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.charts.bars import Bar, BarsChart
from mlops_portal.foundation.shell.charts.drawing.drawn import Chart
from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series, Span
from mlops_portal.foundation.shell.charts.histogram import Histogram, HistogramPair
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.drift.charts import reading_pair, tallies
from monitoring.drift.selectors.drift import Now
from monitoring.drift.selectors.segments import DIMENSIONS, slice_words
from monitoring.models import Alert
from monitoring.readings import CLASSES, CONFIDENCE, ReadingWords

GROUPS_SHOWN = 5


def where_from(contrast: Mapping[str, Any] | None) -> BarsChart | None:
    """What each machine, lot, recipe and shift adds to the drift."""
    if not contrast or contrast["segments_all"] < 2:
        return None
    rows = contrast["segments"]
    telling = _telling(rows)
    best = contrast["best"] or {"names": {}}
    bars = []
    for row in rows[:GROUPS_SHOWN]:
        named = {key: row[key] for key in telling if row[key]}
        inside = bool(best["names"]) and all(row[key] == name for key, name in best["names"].items())
        label = slice_words(named) or row["asset"]
        bars.append(Bar(label, 100 * row["share"], "bad" if inside else "quiet"))
    others = contrast["segments_all"] - len(bars)
    if others:
        rest = 100 - sum(bar.value or 0.0 for bar in bars)
        label = ngettext("%(count)d other", "%(count)d others", others) % {"count": others}
        bars.append(Bar(label, rest, "quiet"))
    return BarsChart(_("Where the drift comes from"), bars, full=100)


def _telling(rows: list[dict[str, Any]]) -> list[str]:
    """The dimensions that tell the rows apart: machine and lot where they differ, others where they must."""
    differ = [key for key in DIMENSIONS if len({row[key] for row in rows}) > 1]
    dimensions = [key for key in differ if key in ("asset", "lot")]
    for key in differ:
        if key not in dimensions and len({tuple(row[one] for one in dimensions) for row in rows}) < len(rows):
            dimensions.append(key)
    return dimensions


def course(
    contrast: Mapping[str, Any] | None, reading: str, words: ReadingWords, learned: float | None
) -> LineChart | None:
    """The part that drifts beside all the rest, over time."""
    best = contrast["best"] if contrast else None
    if not best or not best["names"] or not best["inside"]:
        return None
    unit = words.unit(reading) if best["in_unit"] else ""
    title = (
        _("%(reading)s, there and elsewhere") if best["in_unit"] else _("%(reading)s: drift of each window")
    )
    lines = [
        Series(label, [Point(datetime.fromisoformat(at), value) for at, value in best[key]], tone)
        for key, label, tone in (
            ("inside", slice_words(best["names"]), "bad"),
            ("outside", _("all the rest"), "quiet"),
        )
        if best[key]
    ]
    known = best["in_unit"] and learned is not None
    mean = [Limit(learned, _("learned"), "quiet", None)] if known and learned is not None else []
    spans = [Span(datetime.fromisoformat(best["since"]))] if best["since"] else []
    return LineChart(
        title % {"reading": words.name(reading)}, lines, unit=unit, limits=mean, spans=spans, height=190,
        description=_("The shaded time is since it began."),
    )  # fmt: skip


def leaning(alert: Alert, leans: Mapping[str, float], words: ReadingWords) -> list[dict[str, Any]]:
    """The readings of the alert by what matters most: their part of the drift times how much the model leans
    on each; none where there is one alone, or nothing is known of the model's leaning."""
    parts = {key: contrast["part"] for key, contrast in alert.where.items() if key in leans}
    if len(parts) < 2:
        return []
    rows = [
        {"name": words.name(key), "part": 100 * part, "leans": 100 * leans[key], "weight": part * leans[key]}
        for key, part in parts.items()
    ]
    return sorted(rows, key=lambda row: -float(row["weight"]))


def distributions(alert: Alert, reading: str, now: Now, words: ReadingWords) -> Chart | None:
    """What the model learned on and what comes now, on one axis; outermost bins get a width of their own."""
    if not now.n:
        return None
    title = _("%(reading)s, learned on and since the alert") % {"reading": words.name(reading)}
    before, since = _("learned on"), _("since the alert")
    if reading == CLASSES:
        return _classes(alert, now, title)
    if reading == CONFIDENCE:
        learned = alert.judged_by.reference.get("confidence") or []
        edges = [index / len(learned) for index in range(len(learned) + 1)] if learned else []
        pair = Histogram(before, edges, learned), Histogram(since, edges, now.counts[:-1])
        return HistogramPair(title, *pair) if learned else None
    stored = alert.judged_by.reference.get("features", {}).get(reading)
    if not stored:
        return None
    mean = now.moments[1] / now.moments[0] if now.moments and now.moments[0] else None
    return reading_pair(
        title,
        stored,
        now.counts,
        mean,
        now=since,
        unit=words.unit(reading),
        categories=words.categories(reading),
    )


def _classes(alert: Alert, now: Now, title: str) -> BarsChart:
    """What the model says, then and now, class by class."""
    learned = alert.judged_by.reference.get("classes", {})
    keys = [one["key"] for one in alert.judged_by.model.classes]
    names = [alert.judged_by.model.class_words(key) for key in keys]
    return tallies(names, [learned.get(key, 0) for key in keys], now.counts, title)


def outside_text(now: Now) -> str:
    """How much lies beyond everything that the model learned."""
    if not now.n:
        return ""
    above, below = now.counts[-2] / now.n, now.counts[0] / now.n
    if above >= 0.01 and above >= below:
        return _("%(share)s %% lie above everything the model has seen.") % {
            "share": number_text(100 * above, 0)
        }
    if below >= 0.01:
        return _("%(share)s %% lie below everything the model has seen.") % {
            "share": number_text(100 * below, 0)
        }
    return ""
