"""Tables, pictures and sentences of limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.plant.models import Line
from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.shell.charts.drawing.points import Limit, Point, Series, Span
from mlops_portal.foundation.shell.charts.intervals import Interval, IntervalChart, IntervalGroup
from mlops_portal.foundation.shell.charts.line import LineChart
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring import catalogue
from monitoring.limits.selectors.limits import Achieved
from monitoring.models import Watch
from monitoring.models.limits import WindowKind
from monitoring.promises import promise_words
from monitoring.readings import ReadingWords

UNKNOWN_SIZE, MOST_PARTS = 100, 1_000_000  # the largest window that limits are worked out for
SMALLEST, LARGEST = 10, 500  # parts that are drawn
HIGHEST = 20.0  # false alarms a week that are drawn


def kept(achieved: Achieved) -> dict[str, Any]:
    """Promised against achieved: {"verdict", "tone", "words", "picture"}."""
    rate = achieved.rate
    tones = {"kept": "good", "broken": "bad", "early": "info"}
    titles = {"kept": _("Kept"), "broken": _("Not kept"), "early": _("Too early to tell")}
    if rate.weeks <= 0:
        return {
            "verdict": _("Nothing judged yet"),
            "tone": "quiet",
            "words": _("Once windows are judged, what came is counted here."),
            "picture": None,
        }
    tells = rate.tells(achieved.promised)
    parts = [_counted(achieved, tells=tells)]
    if achieved.expected:
        parts.append(_("%(count)d resolved as expected.") % {"count": achieved.expected})
    if achieved.open:
        parts.append(_("%(count)d not resolved yet.") % {"count": achieved.open})
    if achieved.verdict == "early":
        parts.append(
            _("If no further one comes, it can be told after %(span)s.")
            % {"span": span_words(rate.needs(achieved.promised))}
        )
    return {
        "verdict": titles[achieved.verdict],
        "tone": tones[achieved.verdict],
        "words": " ".join(parts),
        "picture": _kept_picture(achieved, tones[achieved.verdict]) if tells else None,
    }


def _counted(achieved: Achieved, *, tells: bool) -> str:
    """What came, and how many a week that makes plausible; of too short a time no number a week is given."""
    rate = achieved.rate
    counted = ngettext(
        "%(count)d false alarm in %(span)s", "%(count)d false alarms in %(span)s", rate.count
    ) % {"count": rate.count, "span": span_words(rate.weeks)}
    if tells:
        between = _("between %(low)s and %(high)s a week are plausible (95 %%)") % {
            "low": number_text(rate.low, 2),
            "high": number_text(rate.high, 2),
        }
        return f"{counted}: {between}."
    if achieved.verdict == "broken":
        return _("%(counted)s: surely more than promised.") % {"counted": counted}
    return _("%(counted)s: too little was seen to say how many come in a week.") % {"counted": counted}


def _kept_picture(achieved: Achieved, tone: str) -> IntervalChart:
    rate = achieved.rate
    top = min(HIGHEST, max(rate.high, 2 * achieved.promised))
    came = Interval(_("achieved"), rate.low, rate.value, min(rate.high, top), tone)
    return IntervalChart(
        _("Promised and achieved, false alarms a week"),
        [
            IntervalGroup(
                _("promised"), [Interval(_("promised"), 0.0, achieved.promised, achieved.promised, "quiet")]
            ),
            IntervalGroup(_("achieved"), [came]),
        ],
    )


def span_words(weeks: float) -> str:
    """A time as people say it: “25 minutes”, “3 days”, “15 weeks”."""
    minutes = weeks * 7 * 24 * 60
    if minutes < 120:
        count = max(1, round(minutes))
        return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": number_text(count)}
    if minutes < 48 * 60:
        count = round(minutes / 60)
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": number_text(count)}
    if weeks < 2:
        count = round(weeks * 7)
        return ngettext("%(count)s day", "%(count)s days", count) % {"count": number_text(count)}
    count = round(weeks)
    return ngettext("%(count)s week", "%(count)s weeks", count) % {"count": number_text(count)}


def line_tabs(model: RegisteredModel, lines: Sequence[Line], line: Line) -> list[dict[str, Any]]:
    if len(lines) < 2:
        return []
    return [_tab(model, one.name, one == line, line=one.slug) for one in lines]


def reading_tabs(
    model: RegisteredModel, line: Line, keys: Sequence[str], reading: str, words: ReadingWords
) -> list[dict[str, Any]]:
    if len(keys) < 2:
        return []
    return [_tab(model, words.name(key), key == reading, line=line.slug, reading=key) for key in keys]


def _tab(model: RegisteredModel, label: str, active: bool, **query: str) -> dict[str, Any]:
    url = f"{reverse('model_limits', args=[model.slug])}?{urlencode(query)}"
    return {"label": label, "url": url, "active": active, "count": None}


def shown_size(body: Mapping[str, Any]) -> int:
    """The size of window that the table is for: a usual one, or 100 parts where none came yet."""
    return int(body["typical"] or UNKNOWN_SIZE)


def sentence(body: Mapping[str, Any]) -> str:
    """Where the limits come from."""
    machines = ngettext(
        "It is shared by %(count)d machine with its model",
        "It is shared by %(count)d machines with their models",
        body["streams"],
    ) % {"count": body["streams"]}
    if body.get("calibrated"):
        return _("%(machines)s; readings and statistics of each share one level.") % {"machines": machines}
    return _("%(machines)s, and by %(tests)d statistics of each: one in %(windows)s windows each.") % {
        "machines": machines,
        "tests": body["tests"],
        "windows": number_text(1 / body["alpha"], 0) if body["alpha"] else "–",
    }


def surety(body: Mapping[str, Any]) -> str:
    """How sure the limits are that the reference gives, and how long it would have to be."""
    sure = body.get("calibrated")
    if not sure:
        return _(
            "These limits follow from formulas. Calibrated ones, drawn from what the version learned, take "
            "their place once a worker has made them."
        )
    text = _(
        "Calibrated: drawn from %(rows)s rows that the version learned from. Of ten references as long, nine "
        "give between %(low)s and %(high)s false alarms a week."
    ) % {
        "rows": number_text(sure["rows"]),
        "low": number_text(sure["low"]),
        "high": number_text(sure["high"]),
    }
    if sure["needs"] > sure["rows"]:
        text += " " + _("For half to double of what was promised it takes about %(needs)s rows.") % {
            "needs": number_text(float(f"{sure['needs']:.2g}"), 0)
        }
    text += " " + _("The memory of the mean sees a shift once it has lasted for about ten windows.")
    return text


def promise_told(body: Mapping[str, Any], words: ReadingWords) -> dict[str, str]:
    """Whether the reference can keep what was promised: {"tone", "word", "words"}."""
    told = body.get("promise")
    if told and not told["kept"]:
        tone, word = "caution", _("cannot be kept with this reference")
    else:
        tone, word = ("good", _("the reference is long enough")) if told else ("quiet", _("not known"))
    return {
        "tone": tone,
        "word": word,
        "words": promise_words(told, words.name(told["reading"]) if told else "", words.name),
    }


def rows(body: Mapping[str, Any], words: ReadingWords) -> list[dict[str, Any]]:
    """One row per reading: what it sees at the usual size, by its best statistic, and each limit."""
    at = body["sizes"].index(shown_size(body))
    known = {name for one in body["readings"].values() for name in one["statistics"]}
    made = []
    for key, one in body["readings"].items():
        statistics = one["statistics"]
        seen = {
            name: statistic["shift"][at]
            for name, statistic in statistics.items()
            if statistic["shift"][at] is not None
        }
        best = min(seen, key=lambda name: seen[name]) if seen else None
        feature = words.features.get(key)
        tolerance = feature.tolerance if feature is not None else None
        shift = seen[best] * one["sd"] if best else None
        made.append(
            {
                "name": words.name(key),
                "unit": words.unit(key),
                "shift": shift,
                "sds": seen[best] if best else None,
                "tolerance": tolerance,
                "coarse": shift is not None and tolerance is not None and shift > tolerance,
                "constant": not one["sd"] and not one.get("words"),
                "words": bool(one.get("words")),
                "cells": [
                    _cell(name, statistics.get(name), at, varied=bool(one["sd"]) or bool(one.get("words")))
                    for name in catalogue.STATISTICS
                    if name in known
                ],
            }
        )
    return sorted(made, key=lambda row: (row["sds"] is not None, row["sds"] or 0.0), reverse=True)


def _cell(name: str, statistic: Mapping[str, Any] | None, at: int, *, varied: bool) -> dict[str, Any]:
    """The limit, or why it cannot be reached and what size it would need."""
    if statistic is None:
        return {"name": catalogue.name_of(name), "limit": None, "unit": "", "why": "–"}
    if statistic["fires"][at]:
        limit = statistic["limit"][at]
        known = catalogue.STATISTICS[name]
        if known.logarithm:  # back from it to a share of what was learned
            limit = exp(-limit)
        unit = known.unit
        return {
            "name": catalogue.name_of(name),
            "limit": limit * (100 if unit == "%" else 1),
            "unit": unit,
            "why": "",
        }
    if statistic["needs"]:
        why = _("from %(n)s parts") % {"n": number_text(statistic["needs"])}
    else:
        why = _("never") if varied else _("never varied")
    return {"name": catalogue.name_of(name), "limit": None, "unit": "", "why": why}


def without_limit(made: Sequence[Mapping[str, Any]]) -> str:
    """What the short words of cells without a limit mean; "" where there are none."""
    why = [cell["why"] for row in made for cell in row["cells"]]
    sentences = []
    if any(one == _("never") for one in why):
        sentences.append(
            _("Never: the limit is not reached, not even with %(n)s parts in a window.")
            % {"n": number_text(MOST_PARTS)}
        )
    if any(one not in ("", "–", _("never"), _("never varied")) for one in why):
        sentences.append(_("From … parts: the limit is not reached by windows with fewer."))
    return " ".join(sentences)


def picture(body: Mapping[str, Any], reading: str, words: ReadingWords) -> LineChart | None:
    """The smallest shift that each statistic sees, over the parts in a window."""
    one = body["readings"][reading]
    unit, sd = words.unit(reading), one["sd"]
    usual = shown_size(body)
    largest = max(LARGEST, 3 * usual)
    lines = []
    for name, statistic in one["statistics"].items():
        points = [
            Point(float(n), shift * sd, note=_("%(n)s parts") % {"n": number_text(n)})
            for n, shift in zip(body["sizes"], statistic["shift"], strict=True)
            if shift is not None and SMALLEST <= n <= largest
        ]
        if points:
            lines.append(Series(catalogue.name_of(name), points, catalogue.STATISTICS[name].tone))
    if not lines:
        return None
    feature = words.features.get(reading)
    tolerance = feature.tolerance if feature is not None else None
    marks = [Limit(tolerance, _("tolerance"), "quiet", None)] if tolerance else []
    spans = (
        [Span(float(usual), usual + 0.01 * largest, _("the usual window"), "info")] if body["typical"] else []
    )
    return LineChart(
        _("%(reading)s: smallest shift seen, by parts in a window") % {"reading": words.name(reading)},
        lines,
        unit=unit,
        x_unit=_("parts"),
        limits=marks,
        spans=spans,
        from_zero=True,
        description=_("The larger the window, the smaller the shift that is seen."),
        timed=False,
    )


def cut_words(watch: Watch, model: RegisteredModel) -> str:
    if watch.window_kind == WindowKind.COUNT:
        return _("Whole windows of the node, joined until they hold %(n)s parts.") % {
            "n": number_text(watch.window_parts)
        }
    if watch.window_kind == WindowKind.LOT:
        return _("One window for each lot, judged once the next lot has begun.")
    minutes = max(1, round(model.window_seconds / 60))
    return ngettext("One window every minute.", "One window every %(minutes)d minutes.", minutes) % {
        "minutes": minutes
    }


def patience(watch: Watch) -> list[tuple[str, str]]:
    """How patient alerts are, and how long windows are kept."""
    days = _("%(hours)d days as hours, %(days)d as days, months for good")
    return [
        (
            _("An alert needs"),
            ngettext(
                "%(n)d window over the limit", "%(n)d windows over the limit in a row", watch.persistence
            )
            % {"n": watch.persistence},
        ),
        (
            _("After it is resolved"),
            _("quiet until it is below %(share)s %% of its limit, %(hours)d hours at most")
            % {"share": number_text(100 * watch.returned, 0), "hours": watch.quiet_hours},
        ),
        (
            _("Single windows are kept"),
            ngettext("%(n)d day", "%(n)d days", watch.keep_windows) % {"n": watch.keep_windows},
        ),
        (_("Then"), days % {"hours": watch.keep_hours, "days": watch.keep_days}),
    ]
