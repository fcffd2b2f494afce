"""The drawings of an alert's page and the sentences beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.shell.charts.bars import Bar, BarsChart
from mlops_portal.shell.charts.histogram import Histogram, HistogramPair
from mlops_portal.shell.charts.line import LineChart
from mlops_portal.shell.charts.points import Change, Limit, Point, Series, Span
from mlops_portal.shell.templatetags.ui_text import number_text
from monitoring.models import Alert, ProcessChange, StatisticPoint
from monitoring.selectors.drift import Now, gathered
from monitoring.selectors.readings import ReadingWords


def statistic_names() -> dict[str, str]:
    return {
        "psi": _("Population stability"),
        "ks": _("Largest distance"),
        "mean": _("Shift in standard errors"),
        "error": _("Share judged wrong"),
    }


def statistic_words() -> dict[str, str]:
    """What each statistic measures, for people who never heard its name."""
    return {
        "psi": _("how differently it is spread than learned"),
        "ks": _("largest distance from what was learned"),
        "mean": _("shift of the mean, in standard errors"),
        "error": _("share judged wrong"),
    }


def over_time(
    alert: Alert,
    points: Sequence[StatisticPoint],
    reading: str,
    statistic: str,
    changes: Sequence[ProcessChange],
    words: ReadingWords,
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
    label = _("limit %(limit)s · at most 1 false alarm a week") % {"limit": number_text(limit)}
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


def limit_text(alert: Alert, points: Sequence[StatisticPoint], reading: str, words: ReadingWords) -> str:
    """What the limit promises, in words."""
    if not points:
        return ""
    last = points[-1]
    feature = words.features.get(reading)
    text = _(
        "The limit holds for %(n)d parts that resemble their neighbours, and for all readings of the machine "
        "together: at most one false alarm a week."
    ) % {"n": last.n}
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


def statistic_tabs(alert: Alert, reading: str, statistic: str) -> list[dict[str, Any]]:
    if reading.startswith(":"):
        return []
    return [
        _tab(alert, name, key == statistic, reading=reading, statistic=key)
        for key, name in statistic_names().items()
        if key != "error"
    ]


def where_from(now: Now) -> BarsChart | None:
    """What each lot, machine and shift adds to the drift."""
    if len(now.groups) < 2:
        return None
    several_assets = len({one.asset for one in now.groups}) > 1
    several_shifts = len({one.shift for one in now.groups}) > 1
    bars = []
    for group in gathered(now.groups):
        parts = [group.asset] if several_assets else []
        parts += [_("lot %(lot)s") % {"lot": group.lot}] if group.lot else []
        parts += [group.shift] if several_shifts and group.shift else []
        others = ngettext("%(count)d other", "%(count)d others", group.others) % {"count": group.others}
        label = others if group.others else " · ".join(parts) or group.asset
        tone = "bad" if group.share >= 0.25 else "quiet"
        bars.append(Bar(label, 100 * group.share, tone))
    return BarsChart(_("Where the drift comes from"), bars, full=100)


def distributions(alert: Alert, reading: str, now: Now, words: ReadingWords) -> HistogramPair | None:
    """What the model learned on and what comes now, on one axis; outermost bins get a width of their own."""
    learned = alert.judged_by.reference.get("features", {}).get(reading)
    if not learned or not now.n:
        return None
    inner = [float(edge) for edge in learned["edges"]]
    room = max((inner[-1] - inner[0]) * 0.12, 1e-9)
    mean = now.moments[1] / now.moments[0] if now.moments and now.moments[0] else inner[0]
    # a bin without an end is drawn so that what mostly lies in it has its mean in the middle
    edges = [min(inner[0] - room, 2 * mean - inner[0]), *inner, max(inner[-1] + room, 2 * mean - inner[-1])]
    unit = words.unit(reading)
    return HistogramPair(
        _("%(reading)s, learned on and since the alert") % {"reading": words.name(reading)},
        Histogram(_("learned on"), edges, learned["counts"][:-1]),
        Histogram(_("since the alert"), edges, now.counts[:-1]),
        unit=unit,
    )


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
