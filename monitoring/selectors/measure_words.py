"""A measure in words: its state, what its limit promises, and how sure that is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mlops_portal.shell.templatetags.ui_text import number_text
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
        have = measure.values.filter(at__gte=measure.reference_from) if measure.reference_from else None
        count = (have if have is not None else measure.values).count()
        label = _("learns: %(have)d of %(of)d values") % {"have": count, "of": measure.reference_size}
        return {"tone": "info", "label": label}
    if measure.alerts.filter(state__in=UNRESOLVED).exists():
        return {"tone": "bad", "label": _("alert")}
    last = measure.values.filter(on__isnull=False).last()
    if last is not None and last.on:
        return {"tone": "caution", "label": _("out of its limit")}
    return {"tone": "good", "label": _("as in the reference")}


def problem_text(measure: Measure) -> str:
    """Why there is no limit, and how to mend it."""
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
    unit = measure.unit
    pairs = [
        (_("Mean of the reference"), f"{number_text(fitted['mean'])} {unit}".strip()),
        (_("Usual spread"), f"± {number_text(fitted['sd'])} {unit}".strip()),
        (_("Values of the reference"), number_text(fitted["n"])),
        (_("Promised: one false alarm in"), _values(fitted["arl"])),
        (
            _("For this reference, in nine of ten"),
            _("%(low)s to %(high)s values") % {"low": _about(fitted["low"]), "high": _about(fitted["high"])},
        ),
    ]
    if measure.tolerance is not None:
        pairs.append((_("Step that matters"), f"{number_text(measure.tolerance)} {unit}".strip()))
    return {"pairs": pairs, "doubts": _doubts(measure, fitted)}


def _values(count: float) -> str:
    return ngettext("%(count)s value", "%(count)s values", round(count)) % {"count": _about(count)}


def _about(count: float) -> str:
    """Two digits: nobody can know the third."""
    if count > LARGE:
        return _("more than %(count)s") % {"count": number_text(LARGE)}
    return number_text(round(float(f"{count:.2g}")))


def _doubts(measure: Measure, fitted: dict[str, Any]) -> list[str]:
    found = []
    if fitted["needed"] > fitted["n"]:
        found.append(
            _("With %(needed)s values of reference the promise would hold within 25 %% for it alone.")
            % {"needed": _about(fitted["needed"])}
        )
    if fitted["ar"]:
        found.append(
            _(
                "Neighbouring values resemble each other; the chart judges what remains once that is taken "
                "out, so that the promise holds."
            )
        )
    if fitted["wanders"]:
        found.append(
            _("Its level wanders by itself: a small step can hardly be told from that; watch larger ones.")
        )
    return found
