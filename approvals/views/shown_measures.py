"""The measures of champion and challenger on the same parts, as rows of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.registry.models import RegisteredModel
from mlops_portal.foundation.registry.models.model import in_words
from mlops_portal.foundation.shell.charts.intervals import Interval, IntervalRow
from mlops_portal.foundation.shell.templatetags.ui_text import number_text

BETTER, WORSE = 1, -1


@dataclass(frozen=True, slots=True)
class Measure:
    """``tone`` says whether the interval of the difference excludes zero, and on which side."""

    label: str
    champion: str
    challenger: str
    plot: IntervalRow | None
    difference: str
    tone: str


def measures_shown(pack: Mapping[str, Any], model: RegisteredModel, *, part: str = "") -> list[Measure]:
    """All measures, or those of one ``part`` (“recent”: parts since the last training)."""
    new, old, differences = (
        pack["measures"]["challenger"],
        pack["measures"]["champion"],
        pack["measures"]["differences"],
    )
    if part:
        new, old = new.get(part, {}), old.get(part, {})
        differences = old.get("differences", {})
    rows = list(_rows(new, old, differences, model))
    low, high = scale([one for row in rows for one in row[2:4] if one])
    return [measure(pack, low, high, *row) for row in rows]


def scale(known: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    """The ends that all rows share, in percent, so that a longer line is a wider interval."""
    ends = [one[end] * 100 for one in known for end in ("low", "high")] or [0.0, 100.0]
    air = max(1.0, (max(ends) - min(ends)) * 0.03)
    return max(0.0, min(ends) - air), min(100.0, max(ends) + air)


def _rows(
    new: Mapping[str, Any], old: Mapping[str, Any], differences: Mapping[str, Any], model: RegisteredModel
) -> Iterator[tuple[str, int, Any, Any, Any]]:
    """(label, which way is better, challenger's, champion's, difference), those that are known."""
    named = [
        ("missed_rate", _("Defects missed"), WORSE),
        ("false_reject_rate", _("Good parts rejected"), WORSE),
        ("macro_f1", _("All classes alike (macro F1)"), BETTER),
        ("average_precision", _("Defects ranked first (average precision)"), BETTER),
        ("ece", _("Calibration error"), WORSE),
    ]
    for key, label, way in named:
        one = _known((new.get("holdout") or {}).get(key))
        if one:
            yield label, way, one, _known((old.get("holdout") or {}).get(key)), differences.get(key)
    for kind in model.classes:
        one = _known(((new.get("per_class") or {}).get(kind["key"]) or {}).get("found"))
        if one and kind.get("defect"):
            two = _known(((old.get("per_class") or {}).get(kind["key"]) or {}).get("found"))
            label = _("Found: %(kind)s") % {"kind": in_words(kind["words"]) or kind["key"]}
            yield label, BETTER, one, two, (differences.get("found") or {}).get(kind["key"])


def _known(one: Any) -> Any:
    return one if isinstance(one, dict) and one.get("value") is not None else None


def measure(
    pack: Mapping[str, Any], low: float, high: float, label: str, way: int, new: Any, old: Any, diff: Any
) -> Measure:
    both = [(pack["champion"], old, "quiet"), (pack["version"], new, "info")]
    known = [
        Interval(name, one["low"] * 100, one["value"] * 100, one["high"] * 100, tone)
        for name, one, tone in both
        if one
    ]
    return Measure(
        label=label,
        champion=percent(old["value"]) if old else "–",
        challenger=percent(new["value"]),
        plot=IntervalRow(label, known, low, high, unit="%"),
        difference=_difference(diff),
        tone=_tone(diff, way),
    )


def percent(value: float) -> str:
    return f"{number_text(value * 100, 1)} %"


def _points(value: float, *, plus: bool = False) -> str:
    points = round(value * 100, 1) + 0.0
    text = number_text(points, 1)
    return f"+{text}" if plus and points > 0 else text


def _difference(diff: Any) -> str:
    if not diff:
        return ""
    value = _points(diff["value"], plus=True)
    if "low" not in diff:
        return value
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": value,
        "low": _points(diff["low"]),
        "high": _points(diff["high"]),
    }


def _tone(diff: Any, way: int) -> str:
    if not diff or "low" not in diff or diff["low"] <= 0 <= diff["high"]:
        return "quiet"
    return "good" if diff["low"] * way > 0 else "bad"
