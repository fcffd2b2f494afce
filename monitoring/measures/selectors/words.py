"""A measure in words: its state, what its limit promises, and how sure that is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.measures.selectors.control_words import control_doubts, control_pairs, control_problem
from monitoring.measures.selectors.joint_words import joint_doubts, joint_pairs, joint_problem
from monitoring.measures.selectors.parts import parts_of
from monitoring.models import Measure
from monitoring.transitions import UNRESOLVED

LARGE = 1_000_000


def state_of(measure: Measure) -> dict[str, Any]:
    """{"tone", "label"}: ended, learning, unable to learn, out, or as it was."""
    if measure.ended_at is not None:
        return {"tone": "quiet", "label": _("ended")}
    if measure.problem:
        return {"tone": "caution", "label": _("no limit")}
    if not measure.fitted:
        facts = {"have": _have(measure), "of": measure.reference_size}
        label = _("learns: %(have)d of %(of)d values") % facts
        return {"tone": "info", "label": label}
    if measure.alerts.filter(state__in=UNRESOLVED).exists():
        return {"tone": "bad", "label": _("alert")}
    last = measure.values.filter(on__isnull=False).last()
    if last is not None and last.on:
        return {"tone": "caution", "label": _("out of its limit")}
    return {"tone": "good", "label": _("as in the reference")}


def _have(measure: Measure) -> int:
    """Values for the reference; of a joint measure about as many as the slowest part has."""
    counts = []
    for one in parts_of(measure) if measure.joint else [measure]:
        known = one.values.all()
        if measure.reference_from is not None:
            known = known.filter(at__gte=measure.reference_from)
        counts.append(known.count())
    most = measure.reference_size
    return min([most, *(max(0, count - measure.joint) for count in counts)])


def problem_text(measure: Measure) -> str:
    """Why there is no limit, and how to mend it."""
    if measure.joint and measure.problem:
        return joint_problem(measure)
    if measure.control and (text := control_problem(measure)):
        return text
    if measure.problem == "constant":
        return _(
            "Its reference never changes, so nothing can be told from chance. End it and add it again with a "
            "step that matters."
        )
    return ""


def facts_of(measure: Measure) -> dict[str, Any]:
    """What stands beside the chart: pairs of (name, words), and sentences of doubt."""
    fitted = measure.fitted
    if not fitted:
        return {"pairs": [], "doubts": [problem_text(measure)] if measure.problem else []}
    parts = parts_of(measure) if measure.joint else []
    own = (
        joint_pairs(measure, parts) if measure.joint else control_pairs(measure) if measure.control else None
    )
    pairs = [
        *(own or _level(measure)),
        (_("Promised: one false alarm in"), _values(fitted["arl"])),
        (
            _("For this reference, in nine of ten"),
            _("%(low)s to %(high)s values") % {"low": _about(fitted["low"]), "high": _about(fitted["high"])},
        ),
    ]
    if measure.tolerance is not None:
        step = f"{number_text(measure.tolerance)} {measure.unit}".strip()
        pairs.append((_("Step that matters"), step))
    return {"pairs": pairs, "doubts": _doubts(measure, parts)}


def _level(measure: Measure) -> list[tuple[str, str]]:
    fitted, unit = measure.fitted, measure.unit
    return [
        (_("Mean of the reference"), f"{number_text(fitted['mean'])} {unit}".strip()),
        (_("Usual spread"), f"± {number_text(fitted['sd'])} {unit}".strip()),
        (_("Values of the reference"), number_text(fitted["n"])),
    ]


def _values(count: float) -> str:
    return ngettext("%(count)s value", "%(count)s values", round(count)) % {"count": _about(count)}


def _about(count: float) -> str:
    """Two digits: nobody can know the third."""
    if count > LARGE:
        return _("more than %(count)s") % {"count": number_text(LARGE)}
    return number_text(round(float(f"{count:.2g}")))


def _doubts(measure: Measure, parts: list[Measure]) -> list[str]:
    fitted, doubts = measure.fitted, []
    if fitted["needed"] > fitted["n"]:
        doubts.append(
            _("With %(needed)s values of reference the promise would hold within 25 %% for it alone.")
            % {"needed": _about(fitted["needed"])}
        )
    if any(one["ar"] for one in (fitted["parts"] if measure.joint else [fitted])):
        doubts.append(
            _(
                "Neighbouring values resemble each other; the chart judges what remains once that is taken "
                "out, so that the promise holds."
            )
        )
    if measure.control:
        doubts = [*control_doubts(measure), *doubts]
    if measure.joint:
        return doubts + joint_doubts(measure, parts)
    if fitted["wanders"]:
        doubts.append(
            _("Its level wanders by itself: a small step can hardly be told from that; watch larger ones.")
        )
    return doubts
