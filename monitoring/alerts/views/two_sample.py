"""How fresh parts compare, all readings together: the card of an alert's page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.charts.bars import Bar, BarsChart
from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.alerts.selectors.two_sample_words import (
    chance_text,
    differ,
    pairs_text,
    waiting_text,
)
from monitoring.catalogue import name_of
from monitoring.models import Alert
from monitoring.readings import ReadingWords

SHOWN = 6
ROWS = ("t2", "q")


def card(alert: Alert, words: ReadingWords) -> dict[str, Any]:
    """{"waits"} before there is an answer; else its sentence, what gives fresh parts away, T² and Q."""
    comparison = alert.together
    if "classifier" not in comparison:
        return {"waits": waiting_text(alert)}
    classifier = comparison["classifier"]
    return {
        "sentence": pairs_text(comparison),
        "differ": differ(comparison),
        "chance": chance_text(classifier["p"]),
        "chart": _telling(classifier["ranked"], words) if differ(comparison) else None,
        "rows": [_row(key, comparison[key], words) for key in ROWS if comparison.get(key)],
        "components": comparison.get("components"),
        "n": comparison["n"],
        "m": comparison["m"],
        "left_out": ", ".join(words.name(key) for key in comparison["left_out"]),
        "own": comparison["against"] == "before",
        "made_at": comparison["made_at"],
    }


def _telling(ranked: list[list[Any]], words: ReadingWords) -> BarsChart:
    bars = [Bar(words.name(key), 100 * share, "change") for key, share in ranked[:SHOWN] if share >= 0.01]
    return BarsChart(_("What gives fresh parts away"), bars)


def _row(key: str, one: dict[str, Any], words: ReadingWords) -> dict[str, Any]:
    by = [f"{words.name(reading)} {number_text(100 * share, 0)} %" for reading, share in one["ranked"][:3]]
    return {
        "name": name_of(key),
        "then": 100 * one["then"],
        "now": 100 * one["now"],
        "chance": chance_text(one["p"]),
        "by": ", ".join(by),
    }
