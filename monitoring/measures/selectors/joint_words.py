"""A joint measure in words: what its limit promises, what it lacks, and who carries its alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mlops_portal.foundation.shell.templatetags.ui_text import number_text
from monitoring.measures.selectors.parts import parts_of, silent
from monitoring.models import Alert, Measure


@dataclass(frozen=True, slots=True)
class Carrier:
    """A part of a joint measure in its alert: ``share`` of the signal that is gone without it, and its
    step."""

    measure: Measure
    share: float
    shift: float
    spread: float

    @property
    def text(self) -> str:
        """“without it the signal would be 64 % smaller; 1.2 kW higher on average”."""
        unit, percent = self.measure.unit, number_text(100 * self.share, 0)
        amount = f"{number_text(abs(float(f'{self.shift:.2g}')))} {unit}".strip()
        facts = {"share": percent, "amount": amount}
        if not self.matters:
            return _("without it the signal would be %(share)s %% smaller; its level is as before") % facts
        if self.shift > 0:
            text = _("without it the signal would be %(share)s %% smaller; %(amount)s higher on average")
        else:
            text = _("without it the signal would be %(share)s %% smaller; %(amount)s lower on average")
        return text % facts

    @property
    def matters(self) -> bool:
        """Its level moved by what matters, or where nobody said what does, by half of its usual spread."""
        least = self.measure.tolerance if self.measure.tolerance is not None else self.spread / 2
        return self.shift != 0 and abs(self.shift) >= least


def carriers(alert: Alert, measure: Measure) -> list[Carrier]:
    """The parts, that which carries most of the signal first."""
    parts = parts_of(measure)
    known = {one.key: one for one in parts}
    fitted = measure.fitted.get("parts", [{"sd": 0.0}] * len(parts))
    spreads = {part.key: one["sd"] for part, one in zip(parts, fitted, strict=False)}
    stored = alert.features.get(measure.key, {}).get("parts", [])
    return [
        Carrier(known[one["key"]], float(one["share"]), float(one["shift"]), spreads.get(one["key"], 0.0))
        for one in stored
        if one["key"] in known
    ]


def names_of(parts: Sequence[Measure]) -> str:
    """“Air”, “Power” on Press 4."""
    places = {one.place for one in parts}
    if len(places) > 1:
        return ", ".join(_("“%(part)s” of %(place)s") % {"part": one, "place": one.place} for one in parts)
    return ", ".join(_("“%(part)s”") % {"part": one} for one in parts)


def joint_problem(measure: Measure) -> str:
    """Why there is no limit, with the parts that it is about, and how to mend it."""
    reason, _colon, places = measure.problem.partition(":")
    parts = parts_of(measure)
    about = [parts[int(one)] for one in places.split(",") if one.isdigit() and int(one) < len(parts)]
    facts = {"parts": names_of(about)}
    if reason == "constant":
        return (
            _(
                "%(parts)s never changes in the reference, so nothing can be told from chance. Add the joint "
                "measure again without it, or give that measure a step that matters."
            )
            % facts
        )
    if reason == "equal":
        return (
            _(
                "%(parts)s tell the same: each follows from the others. Add the joint measure again with "
                "fewer of them."
            )
            % facts
        )
    return _("Too few steps have a value of every part. Let it learn anew once all of them send.")


def joint_pairs(measure: Measure, parts: Sequence[Measure]) -> list[tuple[str, str]]:
    """The facts that only a joint measure has."""
    fitted = measure.fitted
    pace = parts[min(fitted["steps"]["pace"], len(parts) - 1)]
    return [
        (_("Watched together"), str(len(parts))),
        (_("A step is a value of"), f"{pace}, {pace.place}"),
        (_("Limit on T²"), number_text(float(f"{fitted['limit']:.3g}"))),
        (_("Steps of the reference"), number_text(fitted["n"])),
    ]


def joint_doubts(measure: Measure, parts: Sequence[Measure]) -> list[str]:
    doubts, fitted = [], measure.fitted
    quiet = silent(measure, parts)
    if quiet:
        doubts.append(
            _("No value of late from %(parts)s: the chart stands still until it sends again.")
            % {"parts": names_of(quiet)}
        )
    wandering = [parts[at] for at in fitted["wanders"] if at < len(parts)]
    if wandering:
        doubts.append(
            _("The level of %(parts)s wanders by itself: a small step of it can hardly be told from that.")
            % {"parts": names_of(wandering)}
        )
    if fitted["cross"]:
        doubts.append(
            _(
                "What one of them says of another a step later is taken out as well, so that the promise "
                "holds."
            )
        )
    return doubts


def joint_lead(measure: Measure) -> dict[str, Any]:
    """{"count", "used"}: how many parts, and the share of the limit that is used up [%], None before."""
    last = measure.values.filter(up__isnull=False).last()
    used = round(100 * last.up) if last is not None and last.up is not None else None
    return {"count": measure.parts.count(), "used": used}
