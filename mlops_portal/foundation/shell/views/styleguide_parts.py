"""Sample data of the style guide's parts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.intervals import Interval, IntervalRow


def samples(now: datetime) -> dict[str, Any]:
    """What the template shows, by name."""
    return {
        "icons": ICONS.split(),
        "states": [
            ("good", _("active")),
            ("caution", _("needs 14 more")),
            ("bad", _("open · 38 min")),
            ("info", _("in review · 1 of 2 signed")),
            ("change", _("process change")),
            ("quiet", _("data drift")),
        ],
        "facts_sample": [
            (_("Part"), "4-20611"),
            (_("Lot"), "7731"),
            (_("Recipe"), "B"),
            (_("Forming force"), _("812 kN, normal")),
        ],
        "checks_sample": [
            {
                "tone": "good",
                "title": _("Runtime intact"),
                "text": _("40 of 40 stored golden parts give the same answers on node P4"),
            },
            {
                "tone": "good",
                "title": _("Sensors intact"),
                "text": _("Golden part G-07 measured at 14:35: all readings within tolerance"),
            },
            {
                "tone": "caution",
                "title": _("Model still true?"),
                "text": _("6 of 20 random parts labelled; 1 wrong. Needs 14 more"),
            },
        ],
        "timeline_sample": [
            {
                "at": now - timedelta(minutes=51),
                "text": _("Lot 7731 scanned at Press 4"),
                "tone": "change",
                "tag": _("process change"),
            },
            {
                "at": now - timedelta(minutes=36),
                "text": _("First window over the limit, 15 parts, 0.117"),
                "tone": "bad",
                "tag": _("alert"),
            },
            {
                "at": now - timedelta(minutes=26),
                "text": _("Golden part G-07 run, readings within tolerance"),
                "tone": "good",
                "tag": _("golden check"),
            },
            {
                "at": now - timedelta(minutes=20),
                "text": _("Six random parts labelled, one of them differs from the model"),
                "tone": "info",
                "tag": _("labels"),
            },
        ],
        "readings_sample": [
            {"label": _("Hydraulic pressure"), "value": 151.4, "unit": "bar", "low": 141.0, "high": 148.5},
            {"label": _("Forming force"), "value": 812, "unit": "kN", "low": 795, "high": 828},
            {"label": _("Die temperature"), "value": 64.0, "unit": "°C", "low": 61.0, "high": 69.0},
            {"label": _("Stroke time"), "value": 2.31, "unit": "s", "low": 2.22, "high": 2.36},
        ],
        "answers_sample": [
            {"value": "ok", "label": _("Good part"), "tone": "good", "sign": "check", "key": "1"},
            {"value": "crack", "label": _("Crack"), "tone": "bad", "sign": "crack", "key": "2"},
            {"value": "scratch", "label": _("Scratch"), "tone": "bad", "sign": "scratch", "key": "3"},
            {"value": "burr", "label": _("Burr"), "tone": "bad", "sign": "burr", "key": "4"},
            {"value": "unsure", "label": _("I can’t tell"), "tone": "quiet", "sign": "question", "key": "5"},
            {"value": "expert", "label": _("Ask an expert"), "tone": "quiet", "sign": "up", "key": "6"},
        ],
        "steps_sample": [_("Evidence"), _("Who signs"), _("Sign"), _("Release")],
        "tabs_sample": [
            {"label": _("Open"), "url": "#parts", "active": True, "count": 3},
            {"label": _("In work"), "url": "#parts", "count": 1},
            {"label": _("Resolved"), "url": "#parts"},
        ],
        "crumbs_sample": [(_("Models"), "#parts"), (_("Press quality"), "#parts")],
        "digest_sample": "8f2c41d097bc55e3a0f7c2b18d9e6f4431aa07c95de2be6f18347700a1c9e41a",
        "measures": [
            _measure(_("Defects found"), (88.1, 91.2, 94.0), (93.9, 95.8, 97.3), "good", "+4.6 (2.1 – 7.0)"),
            _measure(
                _("Good parts rejected"), (2.3, 3.1, 4.1), (2.1, 2.9, 3.9), "quiet", "−0.2 (−0.9 – 0.5)"
            ),
            _measure(_("Calibration error"), (3.1, 4.0, 4.9), (1.2, 1.8, 2.5), "good", "−2.2 (−3.4 – −1.0)"),
        ],
    }


def _measure(
    name: str, old: tuple[float, float, float], new: tuple[float, float, float], tone: str, difference: str
) -> dict[str, Any]:
    intervals = [Interval(_("version 7"), *old, tone="quiet"), Interval(_("version 8"), *new)]
    return {
        "name": name,
        "old": old[1],
        "new": new[1],
        "plot": IntervalRow(name, intervals, unit="%"),
        "tone": tone,
        "difference": difference,
    }


ICONS = """
check cross alert-triangle info question octagon diamond ring up down left right plus minus
search bell person people key lock eye edit trash undo filter sort download upload print clock
calendar line asset press node model label shield log settings sun moon system language menu
external copy play pause stop refresh sign-out home crack scratch burr wave sensor tool lot
recipe camera golden release chart brand
"""
