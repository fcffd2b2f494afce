"""A control chart in words: its lines, what its rules cost, and what makes its limits wider."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.measures.rules.run_rules import RULES
from monitoring.models import Measure

WIDER = 1.25  # deviation of the scores above which subgroups differ more than their inside explains
COUNTED = ("p", "np", "c", "u")


def control_pairs(measure: Measure) -> list[tuple[str, str]]:
    """(name, words): the textbook's lines, the spread inside, and the size of the reference."""
    low, centre, high = measure.fitted["lines"]
    inside = measure.fitted["centre"]
    pairs = [
        (_("Centre line"), _with_unit(measure, centre)),
        (
            _("3 σ lines"),
            _("%(low)s to %(high)s") % {"low": number_text(low), "high": _with_unit(measure, high)},
        ),
    ]
    if inside["within"]:
        pairs.append((_("σ within subgroups"), _with_unit(measure, inside["within"])))
    if measure.chart not in ("i_mr", "c"):
        pairs.append((_("Usual size"), number_text(inside["size"])))
    return [*pairs, (_("Points of the reference"), number_text(measure.fitted["n"]))]


def _with_unit(measure: Measure, value: float) -> str:
    return f"{number_text(value)} {measure.unit}".strip()


def control_doubts(measure: Measure) -> list[str]:
    fitted = measure.fitted
    level = fitted["level"]
    doubts = [
        _(
            "The 3 σ lines and the rules chosen would be wrong once in %(count)s points. They mark points; "
            "the alert keeps to the promise above."
        )
        % {"count": number_text(round(fitted["textbook"]))}
    ]
    if level["sd"] * level["noise"] > WIDER and not level["ar"]:
        doubts.append(
            _(
                "Points differ more from one another than what is inside them explains (%(times)s times), so "
                "that alerts need more than 3 σ of the textbook."
            )
            % {"times": number_text(level["sd"] * level["noise"], 1)}
        )
    if measure.chart in COUNTED and fitted["n"] and not fitted["centre"]["middle"] > 0.5 / _looked_at(fitted):
        doubts.append(_("None was found in the whole reference; half a one is reckoned with."))
    return doubts


def _looked_at(fitted: dict[str, Any]) -> float:
    return float(max(1.0, fitted["centre"]["size"] * fitted["n"] * 0.999))


def rules_of(measure: Measure) -> list[dict[str, Any]]:
    """The rules that a person chose, each with what it costs and whether it raises alerts."""
    held = [(RULES[one["key"]], one) for one in measure.fitted.get("rules", [])]
    return [
        {
            "words": _(rule.words),
            "called": rule.called,
            "alarms": one["alarms"],
            "cost": _("one false alarm in %(count)s points") % {"count": number_text(round(one["arl"]))},
        }
        for rule, one in held
    ]


def control_problem(measure: Measure) -> str:
    """Why there is no limit, and how to mend it."""
    return {
        "no_within": _(
            "Inside its subgroups nothing ever differs, so no spread can be told from it: are readings "
            "rounded too far? End it and add it again as I-MR or EWMA."
        ),
        "no_size": _("Some of its values do not say of how many they are; send them again with their size."),
        "no_spread": _("Some of its values are no subgroups; send them again with their readings."),
    }.get(measure.problem, "")
