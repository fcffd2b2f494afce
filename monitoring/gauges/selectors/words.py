"""What a study of a measuring system says, in words and rows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.models import GaugeStudy
from monitoring.models.gauge import GaugeKind, GaugeState, GaugeVerdict

MOST = 0.30
TONES = {GaugeVerdict.CAPABLE: "good", GaugeVerdict.BARELY: "caution", GaugeVerdict.NOT: "bad"}


def state_of(study: GaugeStudy) -> dict[str, str]:
    """{"tone", "label"}."""
    if study.state == GaugeState.TOLD:
        verdict = GaugeVerdict(study.verdict)
        return {"tone": TONES[verdict], "label": str(verdict.label)}
    tone = "info" if study.state == GaugeState.COMPUTING else "caution"
    return {"tone": tone, "label": study.get_state_display()}


def facts_of(study: GaugeStudy) -> list[tuple[str, str]]:
    """(name, words) of the result; none while there is none."""
    if not study.result:
        return []
    return _one_part(study) if study.kind == GaugeKind.TYPE_1 else _parts(study)


def _one_part(study: GaugeStudy) -> list[tuple[str, str]]:
    told, unit = study.result, study.measure.unit
    low, high = told["cg_interval"]
    pairs = [
        ("Cg", _("%(value)s (%(low)s to %(high)s)") % _numbers(told["cg"], low, high)),
        ("Cgk", number_text(told["cgk"], 2)),
        (_("Bias"), f"{number_text(told['bias'])} {unit} (p = {number_text(told['p_bias'], 3)})"),
        (_("Repeatability"), f"{number_text(told['sd'])} {unit}"),
        (_("Measurements"), number_text(told["n"])),
    ]
    if told["resolution"] is not None:
        pairs.append((_("Resolution of the tolerance"), f"{number_text(100 * told['resolution'], 1)} %"))
    return pairs


def _parts(study: GaugeStudy) -> list[tuple[str, str]]:
    told, unit = study.result, study.measure.unit
    names = {"tolerance": _("GRR of the tolerance"), "total": _("GRR of the total variation")}
    pairs = []
    for key, name in names.items():
        if key in told["share"]:
            low, high = (100 * one for one in told["interval"][key])
            shown = _numbers(100 * told["share"][key], low, high, places=1)
            pairs.append((name, _("%(value)s %% (%(low)s to %(high)s %%)") % shown))
    sigma = told["sigma"]
    words = {
        "repeat": _("Repeatability (EV)"), "person": _("People (AV)"), "both": _("Parts and people (INT)"),
        "grr": _("Measuring system (GRR)"), "part": _("Parts (PV)"), "total": _("Total (TV)"),
    }  # fmt: skip
    asked = [key for key in words if told["people"] > 1 or key not in ("person", "both")]
    pairs += [(words[key], f"{number_text(sigma[key])} {unit}".strip()) for key in asked]
    if told["ndc"] is not None:
        pairs.append((_("Classes that it can tell apart (ndc)"), number_text(told["ndc"])))
    return pairs


def table_of(study: GaugeStudy) -> list[dict[str, Any]]:
    """The analysis of variance, row by row."""
    words = {
        "person": _("People"), "part": _("Parts"), "both": _("Parts and people"), "repeat": _("Repetition"),
    }  # fmt: skip
    rows = study.result.get("table", [])
    return [{**one, "name": words[one["of"]]} for one in rows]


def doubts_of(study: GaugeStudy) -> list[str]:
    told = study.result
    if study.state == GaugeState.REFUSED:
        return [_("All measurements are the same, so nothing can be told: is the display too coarse?")]
    if not told:
        return []
    if study.kind == GaugeKind.TYPE_1:
        doubts = [
            _(
                "At least 1.33 is asked of Cg and Cgk, and a resolution of at most %(share)s %% of the "
                "tolerance."
            )
            % {"share": 5}
        ]
        if told["p_bias"] < 0.05:
            doubts.append(_("The bias is more than chance: adjust the system, then study it again."))
        return doubts
    doubts = [
        _("Up to %(good)s %% is capable, up to %(fair)s %% under conditions. The interval is for 95 %%.")
        % {"good": 10, "fair": 30}
    ]
    key = "tolerance" if "tolerance" in told["share"] else "total"
    if told["share"][key] <= MOST < told["interval"][key][1]:
        doubts.append(
            _("It may be above 30 % all the same: more people and parts would make the interval narrower.")
        )
    if "tolerance" not in told["share"]:
        doubts.append(
            _(
                "Without both limits of the drawing it is judged against the parts measured: choose them "
                "over the whole range of the process."
            )
        )
    if told["pooled"]:
        doubts.append(_("Parts and people do not depend on each other; that share counts as repeatability."))
    return doubts


def _numbers(value: float, low: float, high: float, places: int = 2) -> dict[str, str]:
    shown = {"value": value, "low": low, "high": high}
    return {key: number_text(one, places) for key, one in shown.items()}
