"""The drawing of a version's performance over time."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.charts.drawing.points import Point, Series
from mlops_portal.foundation.shell.charts.line import LineChart
from monitoring.models import Performance


def series_of(rows: Sequence[Performance], side: str, measure: str) -> list[Point]:
    """``side`` (expected or seen) of one measure in percent, with intervals and counts."""
    made = []
    for one in rows:
        interval = getattr(one, side).get(measure)
        if interval is None:
            made.append(Point(one.starts, None))
            continue
        count = one.n if side == "expected" else round(one.truths)
        note = ngettext("%(count)d part", "%(count)d parts", count) % {"count": count}
        value, low, high = (100 * interval[key] for key in ("value", "low", "high"))
        made.append(Point(one.starts, value, note=note, low=low, high=high))
    return made


def performance_chart(
    rows: Sequence[Performance], measure: str, title: str, *, height: float = 250
) -> LineChart | None:
    """Both estimates of one measure over time, each with its interval; None without any."""
    measured = [one for one in rows if measure in one.expected or measure in one.seen]
    if not measured:
        return None
    return LineChart(
        title,
        [
            Series(_("expected without truths"), series_of(measured, "expected", measure), "change"),
            Series(_("seen with truths"), series_of(measured, "seen", measure), "info"),
        ],
        unit="%",
        height=height,
        description=_("The ribbons hold the truth 95 times in 100."),
    )
