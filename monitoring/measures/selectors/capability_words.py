"""A measure's capability in words: the four indices, or why none is told."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.models import Measure

NOT_NORMAL = 0.001
RELATED = 0.2


def capability_of(measure: Measure) -> dict[str, Any] | None:
    """{"pairs", "refused", "doubts"}; None where no limit of a drawing is known."""
    if measure.spec_low is None and measure.spec_high is None:
        return None
    told: dict[str, Any] = measure.capability if measure.fitted else {"refused": "learns"}
    if not told or "refused" in told:
        return {"pairs": [], "refused": _why(told.get("refused", "")), "doubts": []}
    names = {"within": ("Cp", "Cpk"), "whole": ("Pp", "Ppk")}
    pairs = []
    for key, (two, one) in names.items():
        if told[key] is not None:
            pairs += [(two, _with(told[key], "two"))] if "two" in told[key] else []
            pairs.append((one, _with(told[key], "one")))
    pairs.append((_("Readings"), number_text(round(told["n"]))))
    return {"pairs": pairs, "refused": "", "doubts": _doubts(told)}


def _with(indices: dict[str, Any], key: str) -> str:
    low, high = indices[f"{key}_interval"]
    shown = {"value": indices[key], "low": low, "high": high}
    return _("%(value)s (%(low)s to %(high)s)") % {name: number_text(one, 2) for name, one in shown.items()}


def _why(reason: str) -> str:
    return {
        "": _("It is being worked out."),
        "learns": _("None yet: the chart still learns its reference."),
        "means": _(
            "None: these are means of windows, and means are steadier than parts. Chart the reading as X̄-S."
        ),
        "few": _("None yet: at least 50 readings in 25 points are needed."),
        "unstable": _(
            "None: the process is not stable. An index would describe what it was, not what it will do; find "
            "the cause first."
        ),
        "no_study": _(
            "None: no study over parts shows that the measuring system is capable. Do one of type 2 or 3."
        ),
        "gauge": _("None: the newest study says that the measuring system is not capable."),
        "constant": _("None: every reading is the same."),
    }[reason]


def _doubts(told: dict[str, Any]) -> list[str]:
    doubts = [_("In brackets the interval for 95 %.")]
    if told["normal"] is not None and told["normal"] < NOT_NORMAL:
        doubts.append(
            _(
                "The readings do not follow a normal distribution, for which these indices are made: the "
                "share outside the drawing may be quite another."
            )
        )
    if told["related"] >= RELATED:
        doubts.append(
            _(
                "Neighbouring readings resemble each other, so the spread within says too little: Cp and Cpk "
                "are left out, and the intervals are wider."
            )
        )
    if told["barely"]:
        doubts.append(
            _("The measuring system is capable under conditions only; its spread is in the indices.")
        )
    return doubts
