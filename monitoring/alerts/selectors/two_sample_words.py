"""What ``Alert.together`` says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.alerts.selectors.checks import Check
from monitoring.models import Alert
from monitoring.readings import ReadingWords

SURE = 0.01
ALIKE = 0.65  # the interval ends below: hardly to be told apart


def differ(comparison: Mapping[str, Any]) -> bool:
    """Whether fresh parts were told apart by anything that looks at all readings."""
    tests = [comparison.get("classifier"), comparison.get("t2"), comparison.get("q")]
    return any(one is not None and one["p"] <= SURE / len(tests) for one in tests)


def alike(comparison: Mapping[str, Any]) -> bool:
    """Whether so many parts were compared that nothing large can hide."""
    return "classifier" in comparison and not differ(comparison) and comparison["classifier"]["high"] < ALIKE


def two_sample_check(alert: Alert, words: ReadingWords) -> Check:
    """Do parts that came after the alert differ from those before it began?"""
    comparison = alert.together
    if "classifier" not in comparison:
        return Check("together", "caution", _("Do fresh parts differ?"), waiting_text(alert))
    if differ(comparison):
        text = " ".join(
            [pairs_text(comparison), *([by_text(comparison, words)] if by_text(comparison, words) else [])]
        )
        return Check("together", "bad", _("Fresh parts differ"), text)
    if alike(comparison):
        return Check("together", "good", _("Fresh parts are like those before"), pairs_text(comparison))
    text = _("%(pairs)s More parts will tell.") % {"pairs": pairs_text(comparison)}
    return Check("together", "caution", _("Do fresh parts differ?"), text)


def waiting_text(alert: Alert) -> str:
    """What is missing before fresh parts can be compared."""
    comparison = alert.together
    if "wanted" in comparison:
        return ngettext(
            "%(n)d of %(wanted)d parts that the node sends by chance has come since it opened.",
            "%(n)d of %(wanted)d parts that the node sends by chance have come since it opened.",
            comparison["n"],
        ) % {"n": comparison["n"], "wanted": comparison["wanted"]}
    if "wanted_before" in comparison:
        return ngettext(
            "From before there is %(n)d part that the node sent by chance; %(wanted)d are needed.",
            "From before there are %(n)d parts that the node sent by chance; %(wanted)d are needed.",
            comparison["m"],
        ) % {"n": comparison["m"], "wanted": comparison["wanted_before"]}
    return _("Parts that the node sends by chance after the alert are compared with those before.")


def pairs_text(comparison: Mapping[str, Any]) -> str:
    """“In 83 of 100 pairs a classifier knows which part is the fresh one (79 to 87); by chance in 50.”"""
    classifier = comparison["classifier"]
    return _(
        "In %(auc)s of 100 pairs a classifier knows which part is the fresh one (%(low)s to %(high)s); "
        "by chance in 50."
    ) % {name: number_text(100 * classifier[name], 0) for name in ("auc", "low", "high")}


def by_text(comparison: Mapping[str, Any], words: ReadingWords) -> str:
    """What gives fresh parts away."""
    names = [words.name(key) for key, share in comparison["classifier"]["ranked"][:2] if share >= 0.15]
    if not names or comparison["classifier"]["p"] > SURE:
        return ""
    return _("Most telling: %(readings)s.") % {"readings": ", ".join(names)}


def chance_text(p: float) -> str:
    """“1 in 1,000”: how often chance does as well."""
    if p >= 0.5:
        return _("often")
    return _("1 in %(times)s") % {"times": number_text(1 / p, 0)}
