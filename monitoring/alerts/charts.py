"""The drawings of an alert's page and the sentences beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.charts.drawing.points import Change, Limit, Point, Series, Span
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring import catalogue
from monitoring.limits.selectors.budgets import promise
from monitoring.models import Alert, ProcessChange, StatisticPoint
from monitoring.readings import ReadingWords


def over_time(
    alert: Alert,
    points: Sequence[StatisticPoint],
    reading: str,
    statistic: str,
    changes: Sequence[ProcessChange],
    words: ReadingWords,
    budget: float,
) -> LineChart | None:
    """The statistic, its limit and what it promises, and the recorded changes on the same axis."""
    if not points:
        return None
    name = catalogue.name_of(statistic)
    minutes = max(1, round(alert.judged_by.model.window_seconds / 60))
    title = ngettext(
        "%(reading)s: %(measure)s, %(minutes)d-minute windows",
        "%(reading)s: %(measure)s, %(minutes)d-minute windows",
        minutes,
    ) % {
        "measure": catalogue.STATISTICS[statistic].measures,
        "reading": words.name(reading),
        "minutes": minutes,
    }
    dots = [
        Point(
            one.starts,
            one.value,
            note=_("limit %(limit)s, %(n)d parts") % {"limit": number_text(one.limit), "n": one.n},
            tone="bad" if one.value > one.limit else "",
        )
        for one in points
    ]
    limit = points[-1].limit
    label = _("limit %(limit)s · %(promise)s") % {"limit": number_text(limit), "promise": promise(budget)}
    first = points[0].starts
    return LineChart(
        title,
        [Series(name, dots)],
        limits=[Limit(limit, label, above=None)],
        changes=[
            Change(one.at, f"{one.get_kind_display()} {one.value}".strip())
            for one in changes
            if one.at >= first
        ],
        spans=[Span(max(alert.since, first), alert.resolved_at)],
        from_zero=True,
        description=_("The shaded time is the alert's."),
    )


def limit_text(points: Sequence[StatisticPoint], reading: str, words: ReadingWords, budget: float) -> str:
    """What the limit promises, in words."""
    if not points:
        return ""
    last = points[-1]
    feature = words.features.get(reading)
    text = _(
        "The limit holds for %(n)d parts that resemble their neighbours, and for all readings of the whole "
        "line together: %(promise)s."
    ) % {"n": last.n, "promise": promise(budget)}
    if feature is not None and feature.tolerance is not None:
        text += " " + _("A shift below %(tolerance)s %(unit)s raises none.") % {
            "tolerance": number_text(feature.tolerance),
            "unit": feature.unit,
        }
    return text


def _tab(alert: Alert, label: str, active: bool, **query: str) -> dict[str, Any]:
    url = f"{reverse('alert', args=[alert.pk])}?{urlencode(query)}"
    return {"label": label, "url": url, "active": active, "count": None}


def reading_tabs(alert: Alert, reading: str, statistic: str, words: ReadingWords) -> list[dict[str, Any]]:
    """One for each reading that joined the alert, the largest first; none where there is one alone."""
    if len(alert.features) < 2:
        return []
    keys = sorted(alert.features, key=lambda key: (key != alert.feature, alert.features[key]["first"], key))
    return [_tab(alert, words.name(key), key == reading, reading=key) for key in keys]


def statistic_tabs(alert: Alert, reading: str, statistic: str, words: ReadingWords) -> list[dict[str, Any]]:
    if reading.startswith(":"):
        return []
    kind = catalogue.WORDS if words.categories(reading) else catalogue.NUMBERS
    return [
        _tab(alert, str(one.name), one.key == statistic, reading=reading, statistic=one.key)
        for one in catalogue.of_kind(kind)
        if one.key != "changed"  # of rows alone
    ]
