"""A reading, or what a model says, then and now on one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.bars import Bar, BarsChart
from mlops_portal.foundation.shell.charts.drawing.drawn import Chart
from mlops_portal.foundation.shell.charts.histogram import Histogram, HistogramPair

SHOWN = 8


def reading_pair(
    title: str,
    stored: Mapping[str, Any],
    counts: Sequence[int],
    mean: float | None,
    *,
    now: str,
    unit: str,
    categories: Sequence[str],
    tone: str = "bad",
) -> Chart:
    """What was learned of a reading and what came ``now`` (the label): tallies of words; of a number both
    histograms, a bin without an end drawn so that what mostly lies in it has its mean in the middle."""
    if categories:
        return tallies([*categories, _("another word")], stored["counts"][:-1], counts[:-1], title)
    inner = [float(edge) for edge in stored["edges"]]
    middle, room = inner[0] if mean is None else mean, max((inner[-1] - inner[0]) * 0.12, 1e-9)
    low, high = min(inner[0] - room, 2 * middle - inner[0]), max(inner[-1] + room, 2 * middle - inner[-1])
    edges = [low, *inner, high]
    return HistogramPair(
        title,
        Histogram(_("learned on"), edges, stored["counts"][:-1]),
        Histogram(now, edges, counts[:-1]),
        unit=unit,
        tone=tone,
    )


def tallies(names: Sequence[str], learned: Sequence[int], now: Sequence[int], title: str) -> BarsChart:
    """The most frequent of both; bars in pairs."""
    whole, here = sum(learned) or 1, sum(now) or 1
    pairs = [
        (name, 100 * was / whole, 100 * came / here)
        for name, was, came in zip(names, learned, now, strict=False)
    ]
    shown = sorted(sorted(pairs, key=lambda one: -max(one[1:]))[:SHOWN], key=pairs.index)
    bars = []
    for name, was, came in shown:
        bars.append(Bar(_("%(name)s, learned on") % {"name": name}, was, "quiet"))
        bars.append(Bar(_("%(name)s, now") % {"name": name}, came, "bad"))
    return BarsChart(title, bars, full=100, digits=1)
