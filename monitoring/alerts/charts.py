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
from monitoring.limits.selectors.budgets import promise
from monitoring.models import Alert, ProcessChange, StatisticPoint
from monitoring.readings import ReadingWords


def statistic_names() -> dict[str, str]:
    return {
        "psi": _("Population stability"),
        "ks": _("Largest distance"),
        "mean": _("Shift of the mean"),
        "beside": _("Beside the others"),
        "ewma": _("Memory of the mean"),
        "narrow": _("Spread, narrower"),
        "wide": _("Spread, wider"),
        "unseen": _("Words never met"),
        "missing": _("Share missing"),
        "error": _("Share judged wrong"),
    }


def statistic_words() -> dict[str, str]:
    """What each statistic measures, for people who never heard its name."""
    return {
        "psi": _("how differently it is spread than learned"),
        "ks": _("largest distance from what was learned"),
        "mean": _("shift of the mean, in deviations of what was learned"),
        "beside": _("shift that the other readings do not explain"),
        "ewma": _("lasting shift of the mean, in deviations of what was learned"),
        "narrow": _("how much less it varies than learned, as a logarithm"),
        "wide": _("how much it varies, in deviations of what was learned"),
        "unseen": _("share of words that the model never met"),
        "missing": _("share of parts without it"),
        "error": _("share judged wrong"),
    }


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
    name = statistic_names()[statistic]
    minutes = max(1, round(alert.judged_by.model.window_seconds / 60))
    title = ngettext(
        "%(reading)s: %(measure)s, %(minutes)d-minute windows",
        "%(reading)s: %(measure)s, %(minutes)d-minute windows",
        minutes,
    ) % {"measure": statistic_words()[statistic], "reading": words.name(reading), "minutes": minutes}
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


OF_WORDS = ("psi", "unseen", "missing")


def statistic_tabs(alert: Alert, reading: str, statistic: str, words: ReadingWords) -> list[dict[str, Any]]:
    if reading.startswith(":"):
        return []
    there = OF_WORDS if words.categories(reading) else set(statistic_names()) - {"error", "unseen"}
    return [
        _tab(alert, name, key == statistic, reading=reading, statistic=key)
        for key, name in statistic_names().items()
        if key in there
    ]
